import { type Metric, metricsOf } from "../generate/source.ts";
import type { MetricFamily } from "../model/metric-family.ts";

const HEAD = `# The metrics: their types, names, labels, units and buckets. Whoever changes them sees it here, and in
# dashboards and alerts. Written by \`npx narthex lock\`, and compared by \`npx narthex lock --check\`.
`;

/** What a change of would break queries, one family a line. */
export function lockText(families: readonly MetricFamily[]): string {
  const lines = metricsOf({ families }).map(lineOf).sort();
  return `${HEAD}${lines.join("\n")}\n`;
}

function lineOf({ name, type, labelNames, unit, buckets, isNative }: Metric): string {
  const parts = [
    type,
    name,
    ...(labelNames.length > 0 ? [`{${[...labelNames].sort().join(", ")}}`] : []),
    ...(unit === undefined ? [] : [unit]),
    ...(buckets.length > 0 ? [`[${buckets.join(", ")}]`] : []),
    ...(isNative ? ["native"] : []),
  ];
  return parts.join(" ");
}

/** The lines that one of two lists has and the other does not. */
export function difference(before: string, now: string): { gone: string[]; added: string[] } {
  const linesOf = (text: string) =>
    text.split(/\r?\n/).filter((line) => line !== "" && !line.startsWith("#"));
  const [old, fresh] = [linesOf(before), linesOf(now)];
  return {
    gone: old.filter((line) => !fresh.includes(line)),
    added: fresh.filter((line) => !old.includes(line)),
  };
}

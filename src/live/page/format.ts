import { selector } from "../../model/promql.ts";
import type { Family, Labels } from "./data.ts";

export function showTime(time: number): string {
  return new Date(time).toLocaleTimeString([], { hour12: false });
}

export function showAgo(time: number): string {
  const seconds = Math.max(0, Math.round((Date.now() - time) / 1000));
  return seconds < 120 ? `${seconds} s ago` : `${Math.round(seconds / 60)} min ago`;
}

/** The labels of a series in a line. */
export function showLabels(labels: Labels): string {
  return labels.map(([name, value]) => `${name}=${value}`).join("  ");
}

const WINDOW = "[1m]";

/** What Prometheus is asked for to draw the same; each query with what it draws. */
export function queriesOf(
  family: Family,
  hasClassic: boolean,
  hasLines: boolean,
): [what: string, query: string][] {
  const { name, exposed, type } = family;
  if (type === "counter") {
    const rate = `rate(${selector(exposed)}${WINDOW})`;
    return hasLines
      ? [
          ["each series", rate],
          ["all together", `sum(${rate})`],
        ]
      : [["rate", `sum(${rate})`]];
  }
  if (type === "histogram" || type === "gaugehistogram") {
    const buckets = hasClassic
      ? `sum by (le) (rate(${selector(`${name}_bucket`)}${WINDOW}))`
      : `sum(rate(${selector(name)}${WINDOW}))`;
    return [
      ["heatmap", buckets],
      ...["0.5", "0.95", "0.99"].map((q): [string, string] => [
        `p${Number(q) * 100}`,
        `histogram_quantile(${q}, ${buckets})`,
      ]),
    ];
  }
  return [["each series", selector(exposed)]];
}

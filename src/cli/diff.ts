import type { ParsedPage } from "../exposition/parse/parsed-page.ts";
import { type Metric, metricsOf } from "../generate/source.ts";
import { type Command, count, harmless, JSON_OPTION } from "./command.ts";
import { PAGE_HELP, PAGE_OPTIONS, readPage } from "./page.ts";

interface Change {
  readonly kind: "gone" | "added" | "changed";
  readonly metric: string;
  /** What has changed; empty where the whole metric has come or gone. */
  readonly text: string;
}

export const diff: Command = {
  summary: "compares two pages: metrics, labels, buckets and series that appear or vanish",
  help: `Usage: narthex diff [options] URL|FILE URL|FILE

Compares what two pages have, not their values. Exit code 1 if they differ.

${PAGE_HELP}
  --series            also the series, by their labels
  --json              the changes as JSON

Examples:
  narthex diff before.txt http://localhost:5000/metrics
  narthex diff --series old.txt new.txt`,
  options: { ...PAGE_OPTIONS, ...JSON_OPTION, series: { type: "boolean" } },
  takes: [2, 2],
  async run(given) {
    const { positionals, values, output } = given;
    const pages = [
      await readPage(given, positionals[0]!),
      await readPage(given, positionals[1]!),
    ] as const;
    const changes = [...metricChanges(...pages), ...(values.series ? seriesChanges(...pages) : [])];
    if (values.json) output.json({ changes });
    else {
      for (const { kind, metric, text } of changes) {
        const line = harmless(`${SIGNS[kind]} ${metric}${text === "" ? "" : `: ${text}`}`);
        output.line(
          kind === "gone" ? output.red(line) : kind === "added" ? output.green(line) : line,
        );
      }
      output.line(changes.length === 0 ? "no difference" : count(changes.length, "difference"));
    }
    return changes.length === 0 ? 0 : 1;
  },
};

const SIGNS = { gone: "-", added: "+", changed: "~" } as const;

function metricChanges(before: ParsedPage, after: ParsedPage): Change[] {
  const [old, now] = [before, after].map(
    (page) => new Map(metricsOf(page).map((metric) => [metric.name, metric])),
  ) as [Map<string, Metric>, Map<string, Metric>];
  const gone = [...old.keys()].filter((name) => !now.has(name));
  const added = [...now.keys()].filter((name) => !old.has(name));
  return [
    ...gone.map((metric): Change => ({ kind: "gone", metric, text: "" })),
    ...added.map((metric): Change => ({ kind: "added", metric, text: "" })),
    ...[...old].flatMap(([name, metric]) => {
      const other = now.get(name);
      return other === undefined ? [] : changesOf(metric, other);
    }),
  ];
}

function changesOf(before: Metric, after: Metric): Change[] {
  const texts = [
    isSameType(before, after) ? "" : `type ${before.type}, now ${after.type}`,
    before.unit === after.unit ? "" : `unit ${before.unit ?? "none"}, now ${after.unit ?? "none"}`,
    ...comeAndGone("label", labelsOf(before), labelsOf(after)),
    ...comeAndGone("bucket", before.buckets, after.buckets),
    before.help === after.help ? "" : "another help text",
  ];
  return texts
    .filter((text) => text !== "")
    .map((text) => ({ kind: "changed", metric: before.name, text }));
}

/** Text and protobuf have gauges in place of infos and state sets, which is no difference of the metrics. */
const ALSO_GAUGES = ["info", "stateset", "gauge"];

function isSameType({ type: before }: Metric, { type: after }: Metric): boolean {
  return before === after || (ALSO_GAUGES.includes(before) && ALSO_GAUGES.includes(after));
}

/** Without the label that has the states, which is one of a gauge only. */
function labelsOf({ name, labelNames }: Metric): string[] {
  return labelNames.filter((label) => label !== name);
}

function comeAndGone(
  thing: string,
  before: readonly (string | number)[],
  after: readonly (string | number)[],
): string[] {
  const gone = before.filter((each) => !after.includes(each));
  const added = after.filter((each) => !before.includes(each));
  return [
    gone.length > 0
      ? `without ${count(gone.length, thing).replace(/^\d+ /, "")} ${gone.join(", ")}`
      : "",
    added.length > 0
      ? `with new ${count(added.length, thing).replace(/^\d+ /, "")} ${added.join(", ")}`
      : "",
  ];
}

function seriesChanges(before: ParsedPage, after: ParsedPage): Change[] {
  const keys = (page: ParsedPage) =>
    new Set(
      page.families.flatMap(({ samples }) =>
        samples.map(({ name, labels }) => {
          const pairs = Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1));
          return `${name}{${pairs.map(([label, value]) => `${label}=${JSON.stringify(value)}`).join(",")}}`;
        }),
      ),
    );
  const [old, now] = [keys(before), keys(after)];
  return [
    ...[...old]
      .filter((key) => !now.has(key))
      .map((metric): Change => ({ kind: "gone", metric, text: "" })),
    ...[...now]
      .filter((key) => !old.has(key))
      .map((metric): Change => ({ kind: "added", metric, text: "" })),
  ];
}

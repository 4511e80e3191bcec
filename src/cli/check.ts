import { NarthexError } from "../errors.ts";
import type { ParsedFamily } from "../exposition/parse/parsed-family.ts";
import { exposedName } from "../model/family.ts";
import { type Finding, lint } from "../testing/lint.ts";
import {
  type Command,
  CommandError,
  count,
  type Given,
  harmless,
  JSON_OPTION,
  textOption,
} from "./command.ts";
import {
  isProtobuf,
  PAGE_HELP,
  PAGE_OPTIONS,
  parsePage,
  type RawPage,
  readRawPage,
  withoutCredentials,
} from "./page.ts";

export const check: Command = {
  summary: "finds faults of a page: lint, wrong formats, too many series",
  help: `Usage: narthex check [options] URL|FILE

Finds what promtool check metrics finds, and more; families with too many series; pages that
Prometheus would refuse, and those without any metric. Exit code 1 if there is any finding.

${PAGE_HELP}
  --limit N           how many series a family may have (default 1000)
  --json              the findings as JSON

Examples:
  narthex check http://localhost:5000/metrics
  curl -s localhost:5000/metrics | narthex check -
  narthex check --limit 200 --json metrics.txt`,
  options: { ...PAGE_OPTIONS, ...JSON_OPTION, limit: { type: "string" } },
  takes: [1, 1],
  async run(given) {
    const [from] = given.positionals as [string];
    const limit = limitOf(given);
    const page = await readRawPage(given, from);
    const shown = withoutCredentials(from);
    given.output.progress(`${shown}: checking ${count(page.body.length, "byte")} …`);
    const findings = await findingsOf(page).catch((error) => [notReadable(error)]);
    const families = familiesOf(page);
    const sizes = families.map((family) => ({
      name: exposedName(family),
      series: seriesOf(family),
    }));
    for (const { name, series } of sizes) {
      if (series <= limit) continue;
      const text = `${count(series, "series")}, and the limit is ${limit}`;
      findings.push({ metric: name, rule: "cardinality", text });
    }
    if (findings.length + sizes.length === 0) {
      findings.push({ metric: "", rule: "empty", text: "there are no metrics" });
    }
    report(given, shown, findings, sizes);
    return findings.length > 0 ? 1 : 0;
  },
};

function limitOf(given: Given): number {
  const text = textOption(given, "limit") ?? "1000";
  if (/^[1-9]\d*$/.test(text)) return Number(text);
  throw new CommandError(`--limit is ${JSON.stringify(text)}: use a whole number from 1.`);
}

/** A page in protobuf has no lines that could be checked, but all else. */
async function findingsOf(page: RawPage): Promise<Finding[]> {
  return lint(isProtobuf(page) ? parsePage(page) : page);
}

function notReadable(error: unknown): Finding {
  if (!(error instanceof NarthexError)) throw error;
  return { metric: "", rule: "syntax", text: error.message };
}

/** The families; none if the page can't be parsed, which is a finding already. */
function familiesOf(page: RawPage): readonly ParsedFamily[] {
  try {
    return parsePage(page).families;
  } catch {
    return [];
  }
}

function seriesOf({ samples, type, name }: ParsedFamily): number {
  const own = type === "summary" ? "quantile" : type === "stateset" ? name : "le";
  const keys = samples.map(({ labels }) => {
    const { [own]: _, ...rest } = labels;
    return JSON.stringify(Object.entries(rest).sort());
  });
  return new Set(keys).size;
}

function report(
  { values, output }: Given,
  from: string,
  findings: readonly Finding[],
  sizes: readonly { readonly name: string; readonly series: number }[],
): void {
  const series = sizes.reduce((sum, size) => sum + size.series, 0);
  if (values.json) {
    output.json({ page: from, families: sizes.length, series, findings });
    return;
  }
  for (const { metric, rule, text } of findings) {
    output.line(
      `${output.bold(harmless(metric || from))}: ${harmless(text)} ${output.dim(`(${rule})`)}`,
    );
  }
  const summary = `${count(sizes.length, "family")}, ${count(series, "series")}, ${count(findings.length, "finding")}`;
  output.line(findings.length > 0 ? output.red(summary) : output.green(summary));
}

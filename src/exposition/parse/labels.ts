import type { MetricType } from "../../model/family.ts";
import type { LineReader } from "./line-reader.ts";

/** Has no prototype, so that a label may have any name, `__proto__` included. */
export type ParsedLabels = Readonly<Record<string, string>>;

const NO_LABELS: ParsedLabels = Object.freeze(Object.create(null));

/** The beginning of a sample's line. */
export interface SampleStart {
  readonly name: string;
  /** Whether the name is in quotes, and so within the braces. */
  readonly quoted: boolean;
  readonly labels: ParsedLabels;
}

/** Reads a metric name and labels. */
export function readStart(line: LineReader): SampleStart {
  const bare = line.metricName();
  line.gap();
  const braces = line.take("{") ? readBraces(line) : undefined;
  if (bare !== "" && braces?.name !== undefined) line.fail("it has two names");
  const name = braces?.name ?? bare;
  if (name === "") line.fail("it does not begin with a metric's name");
  return { name, quoted: bare === "", labels: braces?.labels ?? NO_LABELS };
}

/** Reads the labels that follow an opening brace, and the quoted metric name among them. */
export function readBraces(line: LineReader): {
  readonly name: string | undefined;
  readonly labels: ParsedLabels;
} {
  const { lastComma, missingComma, lateName } = line.syntax;
  const labels: Record<string, string> = Object.create(null);
  let name: string | undefined;
  line.gap();
  for (let more = !line.take("}"), first = true; more; first = false) {
    const quoted = line.take('"');
    const key = quoted ? line.quoted() : line.labelName();
    if (key === "") line.fail("a label has no name");
    line.gap();
    const isLabel = line.take("=");
    if (isLabel) {
      line.gap();
      line.expect('"', "the value of a label is not in double quotes");
      if (key in labels) line.fail("a label is there twice");
      if (key === "__name__") line.fail("__name__ is no label, but the metric's name");
      labels[key] = line.quoted();
    } else {
      if (!quoted || name !== undefined || !(first || lateName)) line.fail("a label has no value");
      name = key;
    }
    line.gap();
    const comma = line.take(",");
    line.gap();
    more = (comma && !lastComma) || !line.take("}");
    if (more && !comma && !(isLabel && missingComma)) {
      line.fail("after a label there is neither a comma nor a closing brace");
    }
  }
  return { name, labels };
}

/** A key that two label sets share only if they are equal; the order of the labels does not matter. */
export function labelsKey(labels: ParsedLabels, without?: string): string {
  let key = "";
  for (const name of Object.keys(labels).sort()) {
    if (name === without) continue;
    const value = labels[name]!;
    key += `${name.length}:${name}${value.length}:${value}`;
  }
  return key;
}

/** The label that tells the samples of one series apart, such as `le` for the buckets of a histogram. */
export function ownLabel(
  family: { readonly name: string; readonly type: MetricType },
  sample: string,
): string | undefined {
  const { name, type } = family;
  if (type === "stateset") return name;
  if (type === "summary" && sample === name) return "quantile";
  const isHistogram = type === "histogram" || type === "gaugehistogram";
  return isHistogram && sample === `${name}_bucket` ? "le" : undefined;
}

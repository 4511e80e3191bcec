import type { LineReader } from "./line-reader.ts";

/** Has no prototype, so that there can be labels of every name. */
export type ParsedLabels = Readonly<Record<string, string>>;

const NO_LABELS: ParsedLabels = Object.freeze(Object.create(null));

/** What a sample's line begins with. */
export interface SampleStart {
  readonly name: string;
  /** Whether the name is in quotes, and so in the braces. */
  readonly quoted: boolean;
  readonly labels: ParsedLabels;
}

/** Reads a name and labels. The text format, unlike OpenMetrics, allows blanks between all parts. */
export function readStart(line: LineReader, strict: boolean): SampleStart {
  const bare = line.metricName();
  if (!strict) line.blanks();
  const braces = line.take("{") ? readBraces(line, strict) : undefined;
  if (bare !== "" && braces?.name !== undefined) line.fail("it has two names");
  const name = braces?.name ?? bare;
  if (name === "") line.fail("it does not begin with a metric's name");
  return { name, quoted: bare === "", labels: braces?.labels ?? NO_LABELS };
}

/** Reads labels, after the opening brace, and the metric's name where it stands among them. */
export function readBraces(
  line: LineReader,
  strict: boolean,
): { readonly name: string | undefined; readonly labels: ParsedLabels } {
  const labels: Record<string, string> = Object.create(null);
  let name: string | undefined;
  const blanks = (): unknown => strict || line.blanks();
  blanks();
  for (let more = !line.take("}"), first = true; more; first = false) {
    const quoted = line.take('"');
    const key = quoted ? line.quoted() : line.labelName();
    if (key === "") line.fail("a label has no name");
    blanks();
    if (line.take("=")) {
      blanks();
      line.expect('"', "the value of a label is not in double quotes");
      if (key in labels) line.fail("a label is there twice");
      if (key === "__name__") line.fail("__name__ is no label, but the metric's name");
      labels[key] = line.quoted();
    } else {
      if (!quoted || name !== undefined || (strict && !first)) line.fail("a label has no value");
      name = key;
    }
    blanks();
    more = line.take(",");
    if (!more) line.expect("}", "after a label there is neither a comma nor a closing brace");
    blanks();
    // The text format allows a comma after the last label, too.
    if (more && !strict && line.take("}")) more = false;
  }
  return { name, labels };
}

/** The same text for the same labels, in whatever order they stand, and for no others. */
export function labelsKey(labels: ParsedLabels, without?: string): string {
  let key = "";
  for (const name of Object.keys(labels).sort()) {
    if (name === without) continue;
    const value = labels[name]!;
    key += `${name.length}:${name}${value.length}:${value}`;
  }
  return key;
}

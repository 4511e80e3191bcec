interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
  /** In milliseconds since the epoch. */
  readonly timestamp: number | undefined;
}

interface PageFamily {
  readonly type: string;
  readonly help: string;
  readonly samples: readonly Sample[];
}

/** A page of the text format 0.0.4, read strictly. */
export interface TextPage {
  readonly families: ReadonlyMap<string, PageFamily>;
  readonly samples: readonly Sample[];
  /** The value of the sample with exactly this name and these labels. */
  value(name: string, labels?: Readonly<Record<string, string>>): number | undefined;
}

const METRIC_NAME = /[a-zA-Z_:][a-zA-Z0-9_:]*/y;
const LABEL_NAME = /[a-zA-Z_][a-zA-Z0-9_]*/y;
const NUMBER = /NaN|[+-]Inf|[+-]?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
const TIMESTAMP = /-?[0-9]+/y;
const HEADER = /^# (HELP|TYPE) ([a-zA-Z_:][a-zA-Z0-9_:]*) (.*)$/s;
const TYPES = ["counter", "gauge", "histogram", "summary", "untyped"];

/**
 * Reads a page by the grammar of the format, with no code of the package. It also rejects duplicate
 * series and labels, families that are not in one piece, and inconsistent histograms.
 */
export function parseTextPage(text: string): TextPage {
  const families = new Map<string, { type: string; help: string; samples: Sample[] }>();
  const series = new Map<string, Sample>();
  if (text !== "" && !text.endsWith("\n")) throw new Error("the page does not end in a newline");
  let current = "";
  let help: string | undefined;
  for (const line of text.split("\n").slice(0, -1)) {
    if (line.startsWith("#")) {
      const [, keyword, name = "", rest = ""] = HEADER.exec(line) ?? fail(line, "is no header");
      if (help !== undefined && name !== current) fail(line, "is not the TYPE of the HELP before");
      current = name;
      if (keyword === "HELP") {
        help = unescaped(rest, { "\\": "\\", n: "\n" }, line);
        continue;
      }
      if (!TYPES.includes(rest)) fail(line, "has no known type");
      if (families.has(name)) fail(line, "is a second family of this name");
      families.set(name, { type: rest, help: help ?? "", samples: [] });
      help = undefined;
      continue;
    }
    const sample = parseSample(line);
    const family = families.get(current) ?? fail(line, "has no family");
    if (!sampleNames(current, family.type).includes(sample.name))
      fail(line, `is not of ${current}`);
    const key = keyOf(sample.name, sample.labels);
    if (series.has(key)) fail(line, "is there twice");
    series.set(key, sample);
    family.samples.push(sample);
  }
  for (const [name, family] of families) if (family.type === "histogram") checkSums(name, family);
  return {
    families,
    samples: [...series.values()],
    value: (name, labels = {}) => series.get(keyOf(name, labels))?.value,
  };
}

function parseSample(line: string): Sample {
  let at = 0;
  const take = (pattern: RegExp): string => {
    pattern.lastIndex = at;
    const [found] = pattern.exec(line) ?? fail(line, `does not have ${pattern} at ${at}`);
    at += found.length;
    return found;
  };
  const name = take(METRIC_NAME);
  const labels: Record<string, string> = {};
  if (line[at] === "{") {
    do {
      at += 1;
      const label = take(LABEL_NAME);
      if (Object.hasOwn(labels, label)) fail(line, `has the label ${label} twice`);
      const quoted = take(/="(?:[^"\\]|\\.)*"/sy);
      const escapes = { "\\": "\\", n: "\n", '"': '"' };
      labels[label] = unescaped(quoted.slice(2, -1), escapes, line);
    } while (line[at] === ",");
    take(/\}/y);
  }
  take(/ /y);
  const number = take(NUMBER);
  let timestamp: number | undefined;
  if (at < line.length) {
    take(/ /y);
    timestamp = Number(take(TIMESTAMP));
  }
  if (at < line.length) fail(line, `has more after ${at}`);
  return { name, labels, value: Number(number.replace("Inf", "Infinity")), timestamp };
}

function unescaped(text: string, escapes: Readonly<Record<string, string>>, line: string): string {
  return text.replace(
    /\\(.?)/gs,
    (_, char: string) => escapes[char] ?? fail(line, `has the unknown escape \\${char}`),
  );
}

function sampleNames(family: string, type: string): string[] {
  if (type === "histogram") return ["_bucket", "_sum", "_count"].map((suffix) => family + suffix);
  if (type === "summary") return ["", "_sum", "_count"].map((suffix) => family + suffix);
  return [family];
}

function checkSums(name: string, { samples }: PageFamily): void {
  const last = new Map<string, { le: number; count: number }>();
  const counts = new Map<string, number>();
  for (const sample of samples) {
    const { le, ...labels } = sample.labels;
    const key = keyOf("", labels);
    if (sample.name === `${name}_count`) counts.set(key, sample.value);
    if (sample.name !== `${name}_bucket`) continue;
    const bound = le === "+Inf" ? Number.POSITIVE_INFINITY : Number(le);
    const before = last.get(key) ?? { le: Number.NEGATIVE_INFINITY, count: 0 };
    if (!(bound > before.le)) fail(key, `has le ${le} after ${before.le}`);
    if (!(sample.value >= before.count)) fail(key, `has fewer up to ${le} than below`);
    last.set(key, { le: bound, count: sample.value });
  }
  for (const [key, { le, count }] of last) {
    if (le !== Number.POSITIVE_INFINITY) fail(key, "has no bucket +Inf");
    if (counts.has(key) && counts.get(key) !== count) fail(key, "has another count than buckets");
  }
}

function keyOf(name: string, labels: Readonly<Record<string, string>>): string {
  const sorted = Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([name, sorted]);
}

function fail(what: string, why: string): never {
  throw new Error(`${JSON.stringify(what.slice(0, 200))} ${why}`);
}

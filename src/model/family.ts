/** The metric types of OpenMetrics; every format has a name for each of them. */
export type MetricType =
  | "counter"
  | "gauge"
  | "histogram"
  | "gaugehistogram"
  | "summary"
  | "info"
  | "stateset"
  | "unknown";

/** How the values that a gauge has in several processes or threads are shown as one. */
export type Aggregate = "sum" | "min" | "max" | "average" | "last" | "each";

/** What all series with one metric name have in common. */
export interface Family {
  /**
   * Without the suffix that exposition adds: a counter `x` is exposed as `x_total`, an info `x` as
   * `x_info`.
   */
  readonly name: string;
  /** What the metric counts or measures, in a sentence; may be empty. */
  readonly help: string;
  /** What kind of metric it is, which decides how its samples are named and read. */
  readonly type: MetricType;
  /** A unit such as `seconds`; the name must end in it. */
  readonly unit?: string;
  /** Set for a counter or info of a foreign source whose samples don't have the suffix. */
  readonly bare?: true;
  /**
   * Where the family comes from, the starts of its series are samples `x_created`: then OpenMetrics 1.0
   * has them as its own, whether or not it is asked for them.
   */
  readonly createdSamples?: true;
  /** For a gauge, how the values of several processes or threads are shown as one; by default their sum. */
  readonly aggregate?: Aggregate;
  /** How many series it may have before further ones are counted together; by default any number. */
  readonly limit?: number;
}

/** What exposition adds to the name of a family: `_total`, `_info` or nothing. */
export function suffixOf({ type, bare }: Family): string {
  if (bare) return "";
  return type === "counter" ? "_total" : type === "info" ? "_info" : "";
}

/**
 * The name of a family's samples, without the suffixes that tell the samples of a histogram apart.
 */
export function exposedName(family: Family): string {
  return family.name + suffixOf(family);
}

/** What the parts of a histogram or summary add to its name. */
const PARTS: { readonly [Type in MetricType]?: readonly string[] } = {
  histogram: ["_bucket", "_count", "_sum"],
  // Where a format has no such type, it is a histogram.
  gaugehistogram: ["_bucket", "_gcount", "_gsum", "_count", "_sum"],
  summary: ["_count", "_sum"],
};

/** The names that a family and its samples have on a page, and Prometheus's series. */
export function namesOnPage(family: Family): string[] {
  const name = exposedName(family);
  return [name, ...(PARTS[family.type] ?? []).map((suffix) => name + suffix)];
}

const OPENMETRICS_1_SUFFIXES: { readonly [Type in MetricType]: readonly string[] } = {
  counter: ["_total", "_created"],
  gauge: [],
  histogram: ["_bucket", "_count", "_sum", "_created"],
  gaugehistogram: ["_bucket", "_gcount", "_gsum"],
  summary: ["_count", "_sum", "_created"],
  info: ["_info"],
  stateset: [],
  unknown: [],
};

/**
 * The names that OpenMetrics 1.0 keeps for a family and its samples. They include all that the family
 * has in any other format.
 */
export function exposedNames(family: Family): string[] {
  const suffixes = family.bare ? [] : OPENMETRICS_1_SUFFIXES[family.type];
  return [family.name, ...suffixes.map((suffix) => family.name + suffix)];
}

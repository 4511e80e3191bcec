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

/** What all series with one metric name have in common. */
export interface Family {
  /**
   * Without the suffix that exposition adds: a counter `x` is exposed as `x_total`, an info `x` as
   * `x_info`.
   */
  readonly name: string;
  readonly help: string;
  readonly type: MetricType;
  /** A unit such as `seconds`; the name must end in it. */
  readonly unit?: string;
  /** Set for a counter or info of a foreign source whose samples don't have the suffix. */
  readonly bare?: true;
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

const SUFFIXES: { readonly [Type in MetricType]: readonly string[] } = {
  counter: ["_total", "_created"],
  gauge: [],
  histogram: ["_bucket", "_count", "_sum", "_created"],
  gaugehistogram: ["_bucket", "_gcount", "_gsum"],
  summary: ["_count", "_sum", "_created"],
  info: ["_info"],
  stateset: [],
  unknown: [],
};

/** Every name under which some format exposes the family or its samples. */
export function exposedNames(family: Family): string[] {
  return [family.name, ...SUFFIXES[family.type].map((suffix) => family.name + suffix)];
}

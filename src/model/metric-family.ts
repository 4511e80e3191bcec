import type { Family } from "./family.ts";
import type { Exemplar, NativeHistogram } from "./sample-sink.ts";

/** A metric family and its samples: what a parsed page has, and what a registry's `families` gives. */
export interface MetricFamily extends Family {
  readonly samples: readonly MetricSample[];
}

/** One number of a family, with its labels: a line of a page. */
export interface MetricSample {
  /** The name on the page, with suffixes such as `_total` or `_bucket`. */
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  /** The count, if the sample has a composite value. */
  readonly value: number;
  /**
   * A whole histogram or summary, native buckets included: on the lines of an OpenMetrics 2.0 page, and on
   * the samples `_count` of a registry.
   */
  readonly composite: CompositeValue | undefined;
  /** When the value was taken, in seconds since the epoch; NaN where that is not known. */
  readonly timestamp: number;
  /** When counting began, in seconds since the epoch; NaN where the sample itself does not say. */
  readonly created: number;
  readonly exemplars: readonly Exemplar[];
}

/** A histogram or summary as one value. */
export type CompositeValue = CompositeHistogram | CompositeSummary;

export interface CompositeHistogram {
  readonly type: "histogram" | "gaugehistogram";
  readonly count: number;
  readonly sum: number;
  /** Empty, or in ascending order with +Inf as the last. */
  readonly buckets: readonly CumulativeBucket[];
  readonly native: Omit<NativeHistogram, "exemplars"> | undefined;
}

/** A classic bucket as pages have it: its count includes those of all lower buckets. */
export interface CumulativeBucket {
  /** The upper bound. */
  readonly bound: number;
  readonly count: number;
}

export interface CompositeSummary {
  readonly type: "summary";
  readonly count: number;
  readonly sum: number;
  readonly quantiles: readonly { readonly quantile: number; readonly value: number }[];
}

import type { Family } from "./family.ts";
import type { Objective } from "./objective.ts";
import type { Exemplar, NativeHistogram } from "./sample-sink.ts";

/** A metric family and its samples: what a parsed page has, and what a registry's `families` gives. */
export interface MetricFamily extends Family {
  /** In the order of the page; those of one series are together. */
  readonly samples: readonly MetricSample[];
  /** What the family was made from, where the registry itself is asked; a page does not tell it. */
  readonly definition?: FamilyDefinition;
}

/** Where `narthex/generate` and `expectQueries` find metrics: a registry, or what `parse` of `narthex/parse` gives. */
export type FamilySource =
  | {
      /** The families of a registry. */
      families(): readonly MetricFamily[];
      /** The objectives that `slo` declared. */
      objectives?(): readonly Objective[];
    }
  | {
      /** The families of a page. */
      readonly families: readonly MetricFamily[];
    };

/** What is known of a family before it has any series. */
export interface FamilyDefinition {
  /** The names of its labels, without those that all series of the registry have. */
  readonly labelNames: readonly string[];
  /** The upper bounds of a histogram's classic buckets, without +Inf; empty for other types. */
  readonly buckets: readonly number[];
  /** Whether it is a histogram with native buckets. */
  readonly isNative: boolean;
}

/** One number of a family, with its labels: a line of a page. */
export interface MetricSample {
  /** The name on the page, with suffixes such as `_total` or `_bucket`. */
  readonly name: string;
  /** The values by the names of the labels; for a bucket or quantile with `le` or `quantile`. */
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
  /** Examples of what was counted; empty where the page has none. */
  readonly exemplars: readonly Exemplar[];
}

/** A histogram or summary as one value. */
export type CompositeValue = CompositeHistogram | CompositeSummary;

/** A histogram as one value: what its samples `_bucket`, `_count` and `_sum` say together. */
export interface CompositeHistogram {
  /** The counts of a gauge histogram may fall: it has the ages of the jobs that wait now, say. */
  readonly type: "histogram" | "gaugehistogram";
  /** How many values were observed. */
  readonly count: number;
  /** The sum of all values; NaN where the source has none. */
  readonly sum: number;
  /** Empty, or in ascending order with +Inf as the last. */
  readonly buckets: readonly CumulativeBucket[];
  /** The native buckets; undefined if there are only classic ones. */
  readonly native: Omit<NativeHistogram, "exemplars"> | undefined;
}

/** A classic bucket as pages have it: its count includes those of all lower buckets. */
export interface CumulativeBucket {
  /** The upper bound. */
  readonly bound: number;
  /** How many values were at most as large as the bound. */
  readonly count: number;
}

/** A summary as one value: what its samples say together. */
export interface CompositeSummary {
  /** What tells it from a histogram. */
  readonly type: "summary";
  /** How many values were observed. */
  readonly count: number;
  /** The sum of all values; NaN where the source has none. */
  readonly sum: number;
  /** In ascending order. */
  readonly quantiles: readonly {
    /** Which one: 0.99 for the 99th percentile. */
    readonly quantile: number;
    /** Its value; NaN if nothing was observed. */
    readonly value: number;
  }[];
}

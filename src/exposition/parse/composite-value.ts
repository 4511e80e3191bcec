import type { NativeHistogram } from "../../model/native-histogram.ts";

/** A histogram or a summary in one line, as OpenMetrics 2.0 has them: `{count:…,sum:…,…}`. */
export type CompositeValue = CompositeHistogram | CompositeSummary;

export interface CompositeHistogram {
  readonly type: "histogram" | "gaugehistogram";
  readonly count: number;
  readonly sum: number;
  /** Empty, or up to that of +Inf. */
  readonly buckets: readonly CumulativeBucket[];
  readonly native: Omit<NativeHistogram, "exemplars"> | undefined;
}

/** A classic bucket, as pages have it: it counts what the lower ones count, too. */
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

import type { Family } from "../../model/family.ts";
import type { Exemplar, NativeHistogram, SummarySketch } from "../../model/sample-sink.ts";

/** What the rows of a table in a region have in common. */
export interface Layout {
  readonly family: Family;
  readonly labelNames: readonly string[];
  /** A histogram's bounds, a summary's quantiles or a state set's states; else empty. */
  readonly shape: readonly (number | string)[];
  /** What tells these rows from others where each is shown, if that is not the process of the report. */
  readonly process?: string;
}

/** What a series has besides its numbers. */
export interface Extra {
  /** The exemplars of classic buckets with the places of these; that of a counter has place 0. */
  readonly exemplars?: readonly (readonly [number, Exemplar])[];
  readonly native?: NativeHistogram;
  /** How many observations the native side has; those of NaN are in no bucket. */
  readonly nativeCount?: number;
  /** What the quantiles of a summary are computed from. */
  readonly sketch?: SummarySketch;
  /** The quantiles of a summary, if its source has nothing else. */
  readonly quantiles?: readonly number[];
  /** The source of a histogram has no sum. */
  readonly hasNoSum?: true;
}

/** How many numbers a row has. */
export function widthOf({ family, shape }: Layout): number {
  switch (family.type) {
    case "info":
      return 0;
    case "stateset":
      return shape.length;
    case "histogram":
    case "gaugehistogram":
      return shape.length + 3; // The buckets, the one above all bounds, the two numbers of the sum.
    case "summary":
      return 3; // The count, the two numbers of the sum.
    case "gauge":
      // When it changed, too, where the latest value counts.
      return family.aggregate === "last" ? 2 : 1;
    default:
      return 1;
  }
}

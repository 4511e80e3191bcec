import type { Exemplar } from "./exemplar.ts";

/** Runs of adjacent buckets: the first span's offset is an index, the others' the gap before them. */
export interface BucketSpan {
  readonly offset: number;
  readonly length: number;
}

/** The populated buckets of one sign; `counts` are absolute, one for each bucket of the spans. */
export interface NativeBuckets {
  readonly spans: readonly BucketSpan[];
  readonly counts: readonly number[];
}

/**
 * A native histogram's value: bucket `i` of schema `s` ends at `2 ** (i * 2 ** -s)`. Its count and
 * sum are those of the histogram it belongs to.
 */
export interface NativeHistogram {
  /** The resolution, from -4 (coarse) to 8 (fine). */
  readonly schema: number;
  /** Values of at most this size are in the zero bucket. */
  readonly zeroThreshold: number;
  readonly zeroCount: number;
  readonly positive: NativeBuckets;
  readonly negative: NativeBuckets;
  readonly exemplars: readonly Exemplar[];
}

import { highWord } from "../double-words.ts";

/** More cells save no further comparison for the bounds that people use. */
const MAX_CELLS = 256;
const MANTISSA_BITS = 20;

/**
 * Finds the bucket of a value among ascending upper bounds. The high bits of positive doubles are in
 * the same order as their values: they are the index of a table that has the first possible bucket,
 * from which one or two comparisons lead to the right one.
 */
export class BucketFinder {
  // `declare`, so that they are never undefined, and V8 does not check what they have.

  /** With Infinity at the end, where every search stops. */
  declare private readonly bounds: Float64Array;
  declare private readonly count: number;
  /** The first bucket that a value in each cell can belong to. */
  declare private readonly starts: Uint16Array;
  declare private readonly shift: number;
  declare private readonly base: number;

  constructor(bounds: readonly number[]) {
    this.bounds = Float64Array.of(...bounds, Number.POSITIVE_INFINITY);
    this.count = bounds.length;
    const positive = bounds.filter((bound) => bound > 0);
    const lowest = highWord(positive[0] ?? 1);
    const highest = highWord(positive.at(-1) ?? 1);
    let shift = 0;
    while (shift < MANTISSA_BITS && (highest >> shift) - (lowest >> shift) >= MAX_CELLS) shift += 1;
    this.shift = shift;
    this.base = lowest >> shift;
    const cells = positive.length === 0 ? 0 : (highest >> shift) - this.base + 1;
    this.starts = Uint16Array.from({ length: cells }, (_, cell) => {
      const floor = (this.base + cell) * 2 ** shift;
      if (floor === 0) return 0; // This cell also has zero.
      return bounds.findIndex((bound) => bound > 0 && highWord(bound) >= floor);
    });
  }

  /**
   * The index of the first bound that is not below `value`; `bounds.length` if all are, and for
   * NaN.
   */
  find(value: number): number {
    const cell = (highWord(value) >> this.shift) - this.base;
    if (cell < 0) return this.findFromFirst(value);
    const { starts, bounds } = this;
    let bucket = cell < starts.length ? starts[cell]! : this.count;
    while (value > bounds[bucket]!) bucket += 1;
    return bucket;
  }

  /** For values that are not positive, or below every positive bound. */
  private findFromFirst(value: number): number {
    let bucket = 0;
    while (bucket < this.count && !(value <= this.bounds[bucket]!)) bucket += 1;
    return bucket;
  }
}

import type { SummarySketch } from "../../model/sample-sink.ts";
import { double, HIGH, highWord, LOW, words } from "../double-words.ts";
import { SLICES } from "./slice-clock.ts";

// In the high word of a double, sign and exponent are the octave of a value, and the first bits of the
// mantissa are its bucket in that octave.
const OCTAVE_SHIFT = 20;
const BUCKET_SHIFT = 14;
const OCTAVES = 1 << (32 - OCTAVE_SHIFT);
/** The octave of Infinity; those above it are the octaves of negative values. */
const HIGHEST = OCTAVES / 2 - 1;
/** How many buckets an octave has, all of the same width. */
const BUCKETS = 1 << (OCTAVE_SHIFT - BUCKET_SHIFT);
/** A slice is a total and then one count per bucket; the total saves the scrape a sum. */
const SLICE_LENGTH = 1 + BUCKETS;

type Counts = Uint32Array | Float64Array;
const NO_COUNTS: Counts = new Uint32Array();

/** The lowest and the highest value of some. */
type ValueRange = SummarySketch["range"];
const NO_VALUES: ValueRange = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
/** The sketch of a window without values. */
export const NO_SKETCH: SummarySketch = { range: NO_VALUES, octaves: [] };
/** The ranges of slices without values, one after another. Made so, it is an array of doubles for V8. */
const NO_EXTREMES: readonly number[] = Array.from(
  { length: 2 * SLICES },
  (_, i) => NO_VALUES[i % 2]!,
);

/** The octaves (from one power of two to the next) in which a family has had values. */
export class Octaves {
  /** The number that each octave got when it first occurred, from 1; 0 if it has not occurred. */
  readonly numbers: Uint16Array = new Uint16Array(OCTAVES);
  /** Those that have occurred, in ascending order of their values. */
  ascending: readonly number[] = [];

  add(octave: number): void {
    if (this.numbers[octave] !== 0) return;
    this.ascending = [...this.ascending, octave].sort((a, b) => order(a) - order(b));
    this.numbers[octave] = this.ascending.length;
  }
}

/**
 * The latest values of one series. Each octave has 64 buckets, which are counted separately for each
 * slice of the window. An octave's counts are allocated for its first value, and nothing after that.
 */
export class QuantileWindow {
  private readonly octaves: Octaves;
  /** The counts of an octave, slice by slice, by the number of the octave. */
  private readonly counts: (Uint32Array | undefined)[] = [];
  /** The lowest and the highest value of each slice, one slice after another. */
  private readonly extremes = [...NO_EXTREMES];
  /** The newest slice, as the clock counts them, and where it begins in the counts of an octave. */
  private slice: number;
  private start: number;
  /** Where the newest slice is among the extremes. */
  private lowestAt: number;

  constructor(octaves: Octaves, slice: number) {
    this.octaves = octaves;
    this.slice = slice;
    this.start = startOf(slice);
    this.lowestAt = 2 * (slice % SLICES);
  }

  /** Counts a value, which must not be NaN. */
  add(value: number, slice: number): void {
    if (slice !== this.slice) this.advance(slice);
    const high = highWord(value);
    const octave = high >>> OCTAVE_SHIFT;
    const bucket = (high >>> BUCKET_SHIFT) % BUCKETS;
    const counts = this.counts[this.octaves.numbers[octave]!] ?? this.allocate(octave);
    counts[this.start]! += 1;
    counts[this.start + 1 + bucket]! += 1;
    const { extremes, lowestAt } = this;
    if (value < extremes[lowestAt]!) extremes[lowestAt] = value;
    if (value > extremes[lowestAt + 1]!) extremes[lowestAt + 1] = value;
  }

  /** Writes the values of ascending quantiles into `values`: NaN if the window is empty. */
  read(slice: number, quantiles: readonly number[], values: Float64Array): void {
    if (slice !== this.slice) this.advance(slice);
    const { ascending } = this.octaves;
    readQuantiles(ascending, (octave) => this.countsOf(octave), this.range, quantiles, values);
  }

  /** What the window has, to be added to that of other processes. */
  sketch(slice: number): SummarySketch {
    if (slice !== this.slice) this.advance(slice);
    const octaves = this.octaves.ascending.flatMap((octave) => {
      const counts = this.countsOf(octave);
      if (counts === undefined || sum(counts, 0) === 0) return [];
      const buckets: number[] = [];
      for (let bucket = 0; bucket < BUCKETS; bucket += 1) {
        const count = sum(counts, 1 + bucket);
        if (count > 0) buckets.push(bucket, count);
      }
      return [[octave, ...buckets]];
    });
    return { range: this.range, octaves };
  }

  /** The lowest and the highest value in the window. */
  private get range(): ValueRange {
    let range = NO_VALUES;
    for (let at = 0; at < this.extremes.length; at += 2) {
      range = united(range, [this.extremes[at]!, this.extremes[at + 1]!]);
    }
    return range;
  }

  private countsOf(octave: number): Uint32Array | undefined {
    return this.counts[this.octaves.numbers[octave]!];
  }

  /** Empties the slices that have left the window, so that new ones can use their memory. */
  private advance(slice: number): void {
    const oldest = Math.max(this.slice + 1, slice - SLICES + 1);
    for (let gone = oldest; gone <= slice; gone += 1) {
      for (const counts of this.counts)
        counts?.fill(0, startOf(gone), startOf(gone) + SLICE_LENGTH);
      const at = 2 * (gone % SLICES);
      [this.extremes[at], this.extremes[at + 1]] = NO_VALUES;
    }
    this.slice = slice;
    this.start = startOf(slice);
    this.lowestAt = 2 * (slice % SLICES);
  }

  private allocate(octave: number): Uint32Array {
    this.octaves.add(octave);
    const counts = new Uint32Array(SLICES * SLICE_LENGTH);
    this.counts[this.octaves.numbers[octave]!] = counts;
    return counts;
  }
}

/** The windows of one series in several processes. */
export class SketchSum {
  /** The counts of each octave, as one slice. */
  readonly #counts = new Map<number, Float64Array>();
  #range = NO_VALUES;

  add({ range, octaves }: SummarySketch): void {
    this.#range = united(this.#range, range);
    for (const [octave, ...buckets] of octaves) {
      const counts = this.#counts.get(octave!) ?? new Float64Array(SLICE_LENGTH);
      this.#counts.set(octave!, counts);
      for (let i = 0; i < buckets.length; i += 2) {
        counts[0]! += buckets[i + 1]!;
        counts[1 + buckets[i]!]! += buckets[i + 1]!;
      }
    }
  }

  /** Writes the values of ascending quantiles into `values`: NaN if the windows are empty. */
  read(quantiles: readonly number[], values: Float64Array): void {
    const ascending = [...this.#counts.keys()].sort((a, b) => order(a) - order(b));
    const countsOf = (octave: number) => this.#counts.get(octave);
    readQuantiles(ascending, countsOf, this.#range, quantiles, values);
  }
}

function readQuantiles(
  ascending: readonly number[],
  countsOf: (octave: number) => Counts | undefined,
  [lowest, highest]: ValueRange,
  quantiles: readonly number[],
  values: Float64Array,
): void {
  let count = 0;
  for (const octave of ascending) count += sum(countsOf(octave) ?? NO_COUNTS, 0);
  if (count === 0) values.fill(Number.NaN);
  let next = 0;
  let below = 0;
  for (const octave of ascending) {
    const counts = countsOf(octave);
    if (counts === undefined) continue;
    const upTo = below + sum(counts, 0);
    for (; next < quantiles.length; next += 1) {
      const rank = rankOf(quantiles[next]!, count);
      if (rank > upTo) break;
      const value = valueAt(rank - below, octave, counts);
      if (rank === 1) values[next] = lowest;
      else if (rank === count) values[next] = highest;
      else values[next] = Math.min(Math.max(value, lowest), highest);
    }
    below = upTo;
  }
}

function united(a: ValueRange, b: ValueRange): ValueRange {
  return [Math.min(a[0], b[0]), Math.max(a[1], b[1])];
}

function startOf(slice: number): number {
  return (slice % SLICES) * SLICE_LENGTH;
}

function isNegative(octave: number): boolean {
  return octave > HIGHEST;
}

/** Octaves of negative values come first, in descending order of their exponents. */
function order(octave: number): number {
  return isNegative(octave) ? -octave : octave;
}

/** Which of `count` ascending values a quantile is; products that should be whole don't round up. */
function rankOf(quantile: number, count: number): number {
  return Math.max(1, Math.ceil(quantile * count * (1 - 2 * Number.EPSILON)));
}

/** The sum over all slices of what they have at a position. */
function sum(counts: Counts, position: number): number {
  let sum = 0;
  for (let at = position; at < counts.length; at += SLICE_LENGTH) sum += counts[at]!;
  return sum;
}

/** The middle of the bucket that has the octave's value of this rank. */
function valueAt(rank: number, octave: number, counts: Counts): number {
  const step = isNegative(octave) ? -1 : 1;
  let bucket = isNegative(octave) ? BUCKETS - 1 : 0;
  for (let left = rank; ; bucket += step) {
    left -= sum(counts, 1 + bucket);
    if (left <= 0) return middle(octave, bucket);
  }
}

function middle(octave: number, bucket: number): number {
  const exponent = octave & HIGHEST;
  if (exponent === HIGHEST) return isNegative(octave) ? -Infinity : Infinity;
  if (exponent === 0 && bucket === 0) return 0;
  words[HIGH] = (octave << OCTAVE_SHIFT) | (bucket << BUCKET_SHIFT) | (1 << (BUCKET_SHIFT - 1));
  words[LOW] = 0;
  return double[0]!;
}

import { SLICES } from "./slice-clock.ts";

/** An octave, from one power of two to the next, is this many buckets of the same width. */
const BUCKETS = 64;
/** A slice of a page is the count of all buckets, so that a scrape need not add them up, and theirs. */
const SLICE_LENGTH = 1 + BUCKETS;
/** The high word of a double: a sign, 11 bits of exponent and 20 of mantissa. */
const BUCKET_SHIFT = 14;
const OCTAVE_SHIFT = 20;
const OCTAVES = 1 << (32 - OCTAVE_SHIFT);
const HIGHEST = OCTAVES / 2 - 1;

const double = new Float64Array(1);
const words = new Int32Array(double.buffer);
double[0] = 1;
const HIGH = words[1] === 0 ? 0 : 1;

/**
 * The values that a family's series lately had, as counts in logarithmic-linear buckets: the high
 * bits of a double are its bucket. A page holds what one series has in one octave, slice by slice;
 * it is made for the first such value, and after that nothing is allocated.
 */
export class QuantileWindows {
  /** By slot and place. */
  readonly #pages: ((Uint32Array | undefined)[] | undefined)[] = [];
  /** By octave: the place that its page has in each series; 0 where no series has one. */
  readonly #places = new Uint16Array(OCTAVES);
  /** The octaves that have a place, in the order of their values. */
  #octaves: readonly number[] = [];
  /** By place: the values that the series under the pen has there. */
  readonly #totals: number[] = [];

  /** Counts a value, which must not be NaN. */
  add(slot: number, slice: number, value: number): void {
    double[0] = value;
    const high = words[HIGH]!;
    const octave = high >>> OCTAVE_SHIFT;
    const page = this.#pages[slot]?.[this.#places[octave]!] ?? this.#newPage(slot, octave);
    const at = slice * SLICE_LENGTH;
    page[at]! += 1;
    page[at + 1 + ((high >>> BUCKET_SHIFT) % BUCKETS)]! += 1;
  }

  /** Empties the slices that have gone out of the window since a series' last epoch. */
  advance(slot: number, from: number, to: number): void {
    const gone = Math.min(to - from, SLICES);
    for (const page of this.#pages[slot] ?? []) {
      for (let i = 1; i <= gone; i += 1) {
        const at = ((from + i) % SLICES) * SLICE_LENGTH;
        page?.fill(0, at, at + SLICE_LENGTH);
      }
    }
  }

  /** Forgets a series, and frees its memory. */
  free(slot: number): void {
    this.#pages[slot] = undefined;
  }

  /** Writes the values of ascending quantiles into `values`: NaN where the window is empty. */
  read(slot: number, quantiles: readonly number[], values: Float64Array): void {
    const pages = this.#pages[slot] ?? [];
    const count = this.#count(pages);
    if (count === 0) values.fill(Number.NaN);
    let below = 0;
    let next = 0;
    for (const octave of this.#octaves) {
      const place = this.#places[octave]!;
      const upTo = below + this.#totals[place]!;
      for (; next < quantiles.length; next += 1) {
        const rank = rankOf(quantiles[next]!, count);
        if (rank > upTo) break;
        values[next] = valueAt(rank - below, octave, pages[place]!);
      }
      below = upTo;
    }
  }

  #count(pages: readonly (Uint32Array | undefined)[]): number {
    let count = 0;
    for (const octave of this.#octaves) {
      const place = this.#places[octave]!;
      const page = pages[place];
      const total = page === undefined ? 0 : sumOf(page, 0);
      this.#totals[place] = total;
      count += total;
    }
    return count;
  }

  #newPage(slot: number, octave: number): Uint32Array {
    if (this.#places[octave] === 0) {
      this.#octaves = [...this.#octaves, octave].sort((a, b) => orderOf(a) - orderOf(b));
      this.#places[octave] = this.#octaves.length;
    }
    const page = new Uint32Array(SLICES * SLICE_LENGTH);
    this.#pages[slot] ??= [];
    this.#pages[slot][this.#places[octave]!] = page;
    return page;
  }
}

function isNegative(octave: number): boolean {
  return octave > HIGHEST;
}

/** Negative octaves descend. */
function orderOf(octave: number): number {
  return isNegative(octave) ? -octave : octave;
}

/** Which of `count` values in ascending order a quantile is; whole products don't round up. */
function rankOf(quantile: number, count: number): number {
  return Math.max(1, Math.ceil(quantile * count * (1 - 2 * Number.EPSILON)));
}

/** The sum of what stands at a place of each slice. */
function sumOf(page: Uint32Array, place: number): number {
  let sum = 0;
  for (let at = place; at < page.length; at += SLICE_LENGTH) sum += page[at]!;
  return sum;
}

/** The middle of the bucket in which an octave has its value of this rank. */
function valueAt(rank: number, octave: number, page: Uint32Array): number {
  const step = isNegative(octave) ? -1 : 1;
  let bucket = isNegative(octave) ? BUCKETS - 1 : 0;
  for (let left = rank; ; bucket += step) {
    left -= sumOf(page, 1 + bucket);
    if (left <= 0) return middle(octave, bucket);
  }
}

function middle(octave: number, bucket: number): number {
  const exponent = octave & HIGHEST;
  if (exponent === HIGHEST) return isNegative(octave) ? -Infinity : Infinity;
  if (exponent === 0 && bucket === 0) return 0;
  words[HIGH] = (octave << OCTAVE_SHIFT) | (bucket << BUCKET_SHIFT) | (1 << (BUCKET_SHIFT - 1));
  words[1 - HIGH] = 0;
  return double[0]!;
}

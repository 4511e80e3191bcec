import { ROWS } from "./timeline.ts";

/** The most native buckets of a row: a chart is not high enough to show more. */
const MAX_BUCKETS = 32;

/** The bucket of zero and of all that is below. */
export const ZERO_BUCKET = -32_768;

/** What was observed between two samples, as the page gets it. */
export interface DistributionRow {
  readonly seconds: number;
  readonly count: number;
  readonly sum: number;
  /** The schema of native buckets; undefined for classic ones, which are numbered by their bounds. */
  readonly schema?: number;
  /** Bucket, count, bucket, count … */
  readonly buckets: readonly number[];
}

/** A ring of rows, in a few typed arrays: an object for each row would take several times the memory. */
export class DistributionRows {
  /** Of each row; NaN where nothing is known. */
  readonly #seconds = new Float64Array(ROWS).fill(Number.NaN);
  readonly #counts = new Float64Array(ROWS);
  readonly #sums = new Float64Array(ROWS);
  readonly #schemas = new Int8Array(ROWS);
  readonly #lengths = new Uint16Array(ROWS);
  /** So many buckets for each row, side by side. */
  #width = 0;
  #buckets = new Int16Array(0);
  #values = new Float32Array(0);
  #isNative = false;

  set(row: number, value: DistributionRow | undefined): void {
    this.#seconds[row] = value?.seconds ?? Number.NaN;
    if (value === undefined) return;
    const { count, sum, schema, buckets } = bounded(value);
    this.#counts[row] = count;
    this.#sums[row] = sum;
    this.#isNative = schema !== undefined;
    this.#schemas[row] = schema ?? 0;
    const length = buckets.length / 2;
    if (length > this.#width) this.#widen(length);
    this.#lengths[row] = length;
    const start = row * this.#width;
    for (let i = 0; i < length; i++) {
      this.#buckets[start + i] = buckets[2 * i]!;
      this.#values[start + i] = buckets[2 * i + 1]!;
    }
  }

  at(row: number): DistributionRow | null {
    const seconds = this.#seconds[row]!;
    if (Number.isNaN(seconds)) return null;
    const buckets: number[] = [];
    const start = row * this.#width;
    for (let i = start; i < start + this.#lengths[row]!; i++) {
      buckets.push(this.#buckets[i]!, this.#values[i]!);
    }
    return {
      seconds,
      count: this.#counts[row]!,
      sum: this.#sums[row]!,
      ...(this.#isNative && { schema: this.#schemas[row]! }),
      buckets,
    };
  }

  #widen(length: number): void {
    const before = this.#width;
    const width = 8 * Math.ceil(length / 8);
    const buckets = new Int16Array(ROWS * width);
    const values = new Float32Array(ROWS * width);
    for (let row = 0; row < ROWS; row++) {
      const from = row * before;
      buckets.set(this.#buckets.subarray(from, from + before), row * width);
      values.set(this.#values.subarray(from, from + before), row * width);
    }
    this.#width = width;
    this.#buckets = buckets;
    this.#values = values;
  }
}

/** The row with a coarser schema, where it has too many native buckets. */
function bounded(row: DistributionRow): DistributionRow {
  const { schema, buckets } = row;
  if (schema === undefined || buckets.length <= 2 * MAX_BUCKETS) return row;
  const merged = new Map<number, number>();
  for (let i = 0; i < buckets.length; i += 2) {
    const bucket = coarser(buckets[i]!, 1);
    merged.set(bucket, (merged.get(bucket) ?? 0) + buckets[i + 1]!);
  }
  return bounded({ ...row, schema: schema - 1, buckets: [...merged].flat() });
}

/** Bucket `i` of a schema is in this bucket of one that is coarser by some steps. */
export function coarser(index: number, steps: number): number {
  return index === ZERO_BUCKET ? index : Math.ceil(index / 2 ** steps);
}

import { upperBound } from "../../instruments/histogram/native/bucket-index.ts";
import { nativeHistogram } from "../../instruments/histogram/native/value.ts";
import type { Exemplar, NativeBuckets, NativeHistogram } from "../../model/sample-sink.ts";

/** Counts of populated buckets by index. */
type Counts = Map<number, number>;

/** Native histograms of one resolution, added up. */
interface Sum {
  schema: number;
  zeroThreshold: number;
  zeroCount: number;
  positive: Counts;
  negative: Counts;
}

/** How many exemplars a sum has at most. */
const MAX_EXEMPLARS = 10;

/**
 * Native histograms of any resolutions, added up as Prometheus adds them: the coarsest resolution and the
 * widest zero bucket win, and a zero bucket that would end within a populated one is widened to its end.
 * Which buckets that are depends on the order, so those of equal resolution are added up first, and then
 * always in the same order.
 */
export class NativeSum {
  readonly #sums = new Map<string, Sum>();
  #exemplars: Exemplar[] = [];

  add(native: NativeHistogram): void {
    const { schema, zeroThreshold, zeroCount, positive, negative, exemplars } = native;
    const key = `${schema} ${zeroThreshold}`;
    let sum = this.#sums.get(key);
    if (sum === undefined) {
      sum = { schema, zeroThreshold, zeroCount: 0, positive: new Map(), negative: new Map() };
      this.#sums.set(key, sum);
    }
    sum.zeroCount += zeroCount;
    addBuckets(sum.positive, positive);
    addBuckets(sum.negative, negative);
    if (exemplars.length > 0) this.#exemplars.push(...exemplars);
  }

  /** One histogram for each resolution, so that nothing is lost which the sum with another one needs. */
  parts(): NativeHistogram[] {
    return this.#inOrder().map((sum, i) => exposed(sum, i === 0 ? this.#newest() : []));
  }

  /** The sum of all; undefined if there are none. */
  value(): NativeHistogram | undefined {
    const [first, ...others] = this.#inOrder();
    if (first === undefined) return undefined;
    const sum = others.length === 0 ? first : copied(first);
    for (const other of others) addSum(sum, copied(other));
    return exposed(sum, this.#newest());
  }

  #inOrder(): Sum[] {
    return [...this.#sums.values()].sort(
      (a, b) => b.schema - a.schema || a.zeroThreshold - b.zeroThreshold,
    );
  }

  #newest(): readonly Exemplar[] {
    return this.#exemplars
      .sort((a, b) => b.timestamp - a.timestamp || a.value - b.value)
      .slice(0, MAX_EXEMPLARS)
      .sort((a, b) => a.value - b.value);
  }
}

function addBuckets(counts: Counts, { spans, counts: added }: NativeBuckets): void {
  let index = 0;
  let place = 0;
  for (const { offset, length } of spans) {
    index += offset;
    for (const end = index + length; index < end; index += 1) {
      const count = added[place]!;
      place += 1;
      if (count !== 0) counts.set(index, (counts.get(index) ?? 0) + count);
    }
  }
}

function copied(sum: Sum): Sum {
  return { ...sum, positive: new Map(sum.positive), negative: new Map(sum.negative) };
}

/** Adds another histogram, which changes on the way. */
function addSum(sum: Sum, other: Sum): void {
  while (sum.zeroThreshold !== other.zeroThreshold) {
    if (sum.zeroThreshold < other.zeroThreshold) widenZero(sum, other.zeroThreshold);
    else widenZero(other, sum.zeroThreshold);
  }
  const schema = Math.min(sum.schema, other.schema);
  for (const one of [sum, other]) coarsen(one, schema);
  sum.zeroCount += other.zeroCount;
  for (const side of ["positive", "negative"] as const) {
    for (const [index, count] of other[side]) {
      sum[side].set(index, (sum[side].get(index) ?? 0) + count);
    }
  }
}

/** Widens the zero bucket at least to a threshold: to the end of the populated bucket that it is in. */
function widenZero(sum: Sum, atLeast: number): void {
  let threshold = atLeast;
  for (const side of [sum.positive, sum.negative]) {
    for (const index of side.keys()) {
      const isCut =
        upperBound(index - 1, sum.schema) < atLeast && upperBound(index, sum.schema) > atLeast;
      if (isCut) threshold = Math.max(threshold, upperBound(index, sum.schema));
    }
  }
  for (const side of [sum.positive, sum.negative]) {
    for (const [index, count] of side) {
      if (upperBound(index, sum.schema) > threshold) continue;
      sum.zeroCount += count;
      side.delete(index);
    }
  }
  sum.zeroThreshold = threshold;
}

function coarsen(sum: Sum, schema: number): void {
  const shift = sum.schema - schema;
  if (shift === 0) return;
  sum.positive = coarser(sum.positive, shift);
  sum.negative = coarser(sum.negative, shift);
  sum.schema = schema;
}

function coarser(counts: Counts, shift: number): Counts {
  const wide: Counts = new Map();
  for (const [index, count] of counts) {
    const at = ((index - 1) >> shift) + 1;
    wide.set(at, (wide.get(at) ?? 0) + count);
  }
  return wide;
}

function exposed(sum: Sum, exemplars: readonly Exemplar[]): NativeHistogram {
  return nativeHistogram({
    ...sum,
    positive: ascending(sum.positive),
    negative: ascending(sum.negative),
    exemplars,
  });
}

function ascending(counts: Counts): Counts {
  return new Map([...counts].sort(([a], [b]) => a - b));
}

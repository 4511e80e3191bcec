import type { Exemplar } from "../../model/exemplar.ts";
import type { NativeHistogram } from "../../model/native-histogram.ts";
import type { HistogramValue } from "../../model/sample-sink.ts";
import type { CompositeHistogram, CumulativeBucket } from "./composite-value.ts";

export interface PageBucket extends CumulativeBucket {
  readonly exemplar: Exemplar | undefined;
}

/** A histogram as it stands on a page, each bucket counting the lower ones, too. */
export class PageHistogram implements HistogramValue {
  readonly bounds: readonly number[];
  readonly count: number;
  readonly sum: number | undefined;
  readonly native: NativeHistogram | undefined;
  readonly #buckets: readonly PageBucket[];

  /** @param buckets in ascending order, the last being that of +Inf */
  constructor(
    buckets: readonly PageBucket[],
    count: number,
    sum: number | undefined,
    native?: NativeHistogram,
  ) {
    this.bounds = buckets.slice(0, -1).map(({ bound }) => bound);
    this.count = count;
    this.sum = sum;
    this.native = native;
    this.#buckets = buckets;
  }

  bucketCount(i: number): number {
    return this.#buckets[i]!.count - (this.#buckets[i - 1]?.count ?? 0);
  }

  exemplar(i: number): Exemplar | undefined {
    return this.#buckets[i]!.exemplar;
  }
}

/** The histogram of lines that each have a part of it, in any order, and perhaps not all. */
export function histogramOfLines(
  lines: readonly PageBucket[],
  count: number | undefined,
  sum: number | undefined,
): PageHistogram {
  const sorted = [...lines].sort((a, b) => (a.bound < b.bound ? -1 : a.bound > b.bound ? 1 : 0));
  const buckets = sorted.filter(({ bound }, i) => bound !== sorted[i - 1]?.bound);
  const last = buckets.at(-1);
  if (last?.bound === Number.POSITIVE_INFINITY) {
    return new PageHistogram(buckets, count ?? last.count, sum);
  }
  const all = count ?? last?.count ?? 0;
  const rest = { bound: Number.POSITIVE_INFINITY, count: all, exemplar: undefined };
  return new PageHistogram([...buckets, rest], all, sum);
}

/** The histogram of one line, whose exemplars belong to the buckets that their values are in. */
export function histogramOfComposite(
  { buckets, count, sum, native }: CompositeHistogram,
  exemplars: readonly Exemplar[],
): PageHistogram {
  const all = buckets.length > 0 ? buckets : [{ bound: Number.POSITIVE_INFINITY, count }];
  const newest: (Exemplar | undefined)[] = [];
  for (const exemplar of exemplars) {
    const i = bucketOf(all, exemplar.value);
    if (!((newest[i]?.timestamp ?? -Infinity) > exemplar.timestamp)) newest[i] = exemplar;
  }
  return new PageHistogram(
    all.map((bucket, i) => ({ ...bucket, exemplar: newest[i] })),
    count,
    sum,
    native && { ...native, exemplars },
  );
}

function bucketOf(buckets: readonly CumulativeBucket[], value: number): number {
  let low = 0;
  let high = buckets.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (value <= buckets[middle]!.bound) high = middle;
    else low = middle + 1;
  }
  return low;
}

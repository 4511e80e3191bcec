import type { Family } from "../../model/family.ts";
import type {
  CompositeHistogram,
  CompositeSummary,
  CumulativeBucket,
} from "../../model/metric-family.ts";
import type {
  Exemplar,
  HistogramValue,
  NativeHistogram,
  StateSetValue,
  SummaryValue,
} from "../../model/sample-sink.ts";
import { parseNumber } from "./line-reader.ts";
import type { ParsedSample } from "./sample.ts";

/** The histogram that the samples of one series make up. */
export function histogramOf(
  { name, type }: Family,
  samples: readonly ParsedSample[],
): HistogramValue {
  const [{ composite, exemplars }] = samples as [ParsedSample];
  if (composite !== undefined && composite.type !== "summary") {
    return histogramOfComposite(composite, exemplars);
  }
  const buckets = samples
    .filter((sample) => sample.name === `${name}_bucket`)
    .map((sample) => ({
      bound: parseNumber(sample.labels.le!)!,
      count: sample.value,
      exemplar: newestExemplar(sample),
    }));
  const prefix = type === "gaugehistogram" ? `${name}_g` : `${name}_`;
  const count = valueNamed(samples, `${prefix}count`);
  return histogramOfBuckets(buckets, count, valueNamed(samples, `${prefix}sum`));
}

/** The summary that the samples of one series make up. */
export function summaryOf({ name }: Family, samples: readonly ParsedSample[]): SummaryValue {
  const [{ composite }] = samples as [ParsedSample];
  if (composite?.type === "summary") {
    return summaryOfQuantiles(composite.quantiles, composite.count, composite.sum);
  }
  const values = new Map<number, number>();
  for (const { labels, value } of samples.filter((sample) => sample.name === name)) {
    const quantile = parseNumber(labels.quantile!)!;
    if (!values.has(quantile)) values.set(quantile, value);
  }
  const quantiles = Array.from(values, ([quantile, value]) => ({ quantile, value }));
  const count = valueNamed(samples, `${name}_count`);
  return summaryOfQuantiles(quantiles, count, valueNamed(samples, `${name}_sum`));
}

/** The state set that the samples of one series make up, each being a state. */
export function stateSetOf({ name }: Family, samples: readonly ParsedSample[]): StateSetValue {
  return {
    states: samples.map(({ labels }) => labels[name]!),
    isSet: (i) => samples[i]!.value === 1,
  };
}

export function newestExemplar({ exemplars }: ParsedSample): Exemplar | undefined {
  return exemplars.reduce<Exemplar | undefined>(
    (best, each) => (best !== undefined && best.timestamp > each.timestamp ? best : each),
    undefined,
  );
}

function valueNamed(samples: readonly ParsedSample[], name: string): number | undefined {
  return samples.find((sample) => sample.name === name)?.value;
}

function summaryOfQuantiles(
  quantiles: CompositeSummary["quantiles"],
  count: number | undefined,
  sum: number | undefined,
): SummaryValue {
  return {
    quantiles: quantiles.map(({ quantile }) => quantile),
    quantile: (i) => quantiles[i]!.value,
    count,
    sum,
  };
}

interface Bucket extends CumulativeBucket {
  readonly exemplar: Exemplar | undefined;
}

/** A histogram of cumulative buckets, as pages have them; the model counts each bucket alone. */
class CumulativeHistogram implements HistogramValue {
  readonly bounds: readonly number[];
  readonly count: number;
  readonly sum: number | undefined;
  readonly native: NativeHistogram | undefined;
  readonly #buckets: readonly Bucket[];

  /** @param buckets in ascending order, with +Inf as the last */
  constructor(
    buckets: readonly Bucket[],
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

/** A histogram of buckets from lines of their own, which may come in any order and be incomplete. */
function histogramOfBuckets(
  lines: readonly Bucket[],
  count: number | undefined,
  sum: number | undefined,
): CumulativeHistogram {
  const sorted = [...lines].sort((a, b) => (a.bound < b.bound ? -1 : a.bound > b.bound ? 1 : 0));
  const buckets = sorted.filter(({ bound }, i) => bound !== sorted[i - 1]?.bound);
  const last = buckets.at(-1);
  if (last?.bound === Number.POSITIVE_INFINITY) {
    return new CumulativeHistogram(buckets, count ?? last.count, sum);
  }
  const all = count ?? last?.count ?? 0;
  const rest = { bound: Number.POSITIVE_INFINITY, count: all, exemplar: undefined };
  return new CumulativeHistogram([...buckets, rest], all, sum);
}

/** A histogram from one line. Each exemplar belongs to the bucket that its value falls into. */
function histogramOfComposite(
  { buckets, count, sum, native }: CompositeHistogram,
  exemplars: readonly Exemplar[],
): CumulativeHistogram {
  const all = buckets.length > 0 ? buckets : [{ bound: Number.POSITIVE_INFINITY, count }];
  const newest: (Exemplar | undefined)[] = [];
  for (const exemplar of exemplars) {
    const i = bucketOf(all, exemplar.value);
    if (!((newest[i]?.timestamp ?? -Infinity) > exemplar.timestamp)) newest[i] = exemplar;
  }
  return new CumulativeHistogram(
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

import type {
  CompositeHistogram,
  CompositeSummary,
  CompositeValue,
  CumulativeBucket,
} from "./composite-value.ts";

/** What is wrong with a composite value; undefined where nothing is. */
export function faultOfComposite(value: CompositeValue): string | undefined {
  return value.type === "summary" ? faultOfSummary(value) : faultOfHistogram(value);
}

/** What is wrong with classic buckets; those of a gauge histogram may count down. */
export function faultOfBuckets(
  buckets: readonly CumulativeBucket[],
  count: number | undefined,
  gauge: boolean,
): string | undefined {
  const last = buckets.at(-1);
  if (last?.bound !== Number.POSITIVE_INFINITY) return "the last bucket is not that of +Inf";
  for (let i = 1; i < buckets.length; i += 1) {
    const [lower, upper] = [buckets[i - 1]!, buckets[i]!];
    if (!(upper.bound > lower.bound)) return "the buckets do not ascend";
    if (upper.count < lower.count && !gauge) return "a bucket counts less than a lower one";
  }
  if (count !== undefined && count !== last.count) return "the count is not that of bucket +Inf";
  return undefined;
}

function faultOfHistogram({
  type,
  count,
  buckets,
  native,
}: CompositeHistogram): string | undefined {
  const gauge = type === "gaugehistogram";
  const counts: (readonly number[])[] = [[count], buckets.map((bucket) => bucket.count)];
  if (native !== undefined) {
    const { schema, zeroThreshold, zeroCount, negative, positive } = native;
    if (schema < -4 || schema > 8) return "the schema is not one of -4 to 8";
    if (!(zeroThreshold >= 0 && Number.isFinite(zeroThreshold))) {
      return "the zero threshold is negative or not finite";
    }
    counts.push([zeroCount], negative.counts, positive.counts);
  }
  for (const value of counts.flat()) {
    if (Number.isNaN(value)) return "a count is NaN";
    if (value < 0 && !gauge) return "a count is negative";
  }
  return buckets.length > 0 ? faultOfBuckets(buckets, count, gauge) : undefined;
}

function faultOfSummary({ count, sum, quantiles }: CompositeSummary): string | undefined {
  if (!(Number.isInteger(count) && count >= 0)) return "the count is not whole, or negative";
  if (!(sum >= 0)) return "the sum is negative or NaN";
  let last = -1;
  for (const { quantile, value } of quantiles) {
    if (!(quantile >= 0 && quantile <= 1)) return "a quantile is not between 0 and 1";
    if (quantile <= last) return "the quantiles do not ascend";
    if (value < 0) return "a quantile's value is negative";
    last = quantile;
  }
  return undefined;
}

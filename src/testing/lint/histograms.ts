import { parseNumber } from "../../exposition/parse/line-reader.ts";
import { groupIntoSeries } from "../../exposition/parse/parsed-page.ts";
import type { PageSample } from "../read-page.ts";
import { briefSampleText } from "../sample-text.ts";
import type { Rule } from "./rule.ts";

/** Quantiles are computed from cumulative counts: each bucket includes all lower ones. */
export const cumulativeBuckets = histogramRule("cumulative-buckets", ({ buckets }) => {
  const i = buckets.findIndex(({ value }, i) => value < (buckets[i - 1]?.value ?? value));
  if (i < 0) return undefined;
  const [lower, upper] = [buckets[i - 1]!, buckets[i]!].map(briefSampleText);
  return `buckets should count what lower ones count: ${lower}, but ${upper}`;
});

/** Without this bucket, no query sees the observations above the last bound. */
export const infiniteBucket = histogramRule("infinite-bucket", ({ buckets }) => {
  const last = buckets.at(-1);
  return last === undefined || isInfinite(last)
    ? undefined
    : `the last bucket should be that of le="+Inf": ${briefSampleText(last)}`;
});

/** Averages need both count and sum, and quantiles need the bucket +Inf to be the count. */
export const countAndSum = histogramRule("count-and-sum", ({ buckets, count, sum }) => {
  const alone = sum === undefined ? count : count === undefined ? sum : undefined;
  if (alone !== undefined) {
    return `histograms should have "_count" where they have "_sum": ${briefSampleText(alone)} stands alone`;
  }
  const last = buckets.at(-1);
  if (count === undefined || last === undefined) return undefined;
  if (!isInfinite(last) || last.value === count.value) return undefined;
  return `"_count" should be that of bucket le="+Inf": ${briefSampleText(count)}, but ${briefSampleText(last)}`;
});

interface HistogramSeries {
  /** In ascending order of their bounds. */
  readonly buckets: readonly PageSample[];
  readonly count: PageSample | undefined;
  readonly sum: PageSample | undefined;
}

/** A rule about each series of a histogram, which reports the first one that breaks it. */
function histogramRule(
  name: string,
  faultOf: (series: HistogramSeries) => string | undefined,
): Rule {
  return {
    name,
    *check(family) {
      if (family.type !== "histogram") return;
      for (const { samples } of groupIntoSeries(family)) {
        const parts = (suffix: string) =>
          samples.filter((sample) => sample.name === family.name + suffix);
        const fault = faultOf({
          buckets: parts("_bucket").sort((a, b) => boundOf(a) - boundOf(b)),
          count: parts("_count")[0],
          sum: parts("_sum")[0],
        });
        if (fault === undefined) continue;
        yield fault;
        return;
      }
    },
  };
}

function boundOf({ labels }: PageSample): number {
  return parseNumber(labels.le!)!;
}

function isInfinite(bucket: PageSample): boolean {
  return boundOf(bucket) === Number.POSITIVE_INFINITY;
}

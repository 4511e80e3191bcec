import { briefSampleText } from "../sample-text.ts";
import { boundOf, type HistogramSeries, histogramSeries } from "./histogram-series.ts";
import type { Rule } from "./rule.ts";

/** Averages need both, and quantiles count on the bucket of +Inf being the count. */
export const countAndSum: Rule = {
  name: "count-and-sum",
  *check(family) {
    for (const series of histogramSeries(family)) {
      const fault = faultOf(series);
      if (fault === undefined) continue;
      yield fault;
      return;
    }
  },
};

function faultOf({ buckets, count, sum }: HistogramSeries): string | undefined {
  const alone = sum === undefined ? count : count === undefined ? sum : undefined;
  if (alone !== undefined) {
    return `histograms should have "_count" where they have "_sum": ${briefSampleText(alone)} stands alone`;
  }
  const last = buckets.at(-1);
  if (count === undefined || last === undefined) return undefined;
  if (boundOf(last) !== Number.POSITIVE_INFINITY || last.value === count.value) return undefined;
  return `"_count" should be that of bucket le="+Inf": ${briefSampleText(count)}, but ${briefSampleText(last)}`;
}

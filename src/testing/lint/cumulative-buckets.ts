import { briefSampleText } from "../sample-text.ts";
import { histogramSeries } from "./histogram-series.ts";
import type { Rule } from "./rule.ts";

/** A bucket that counts less than a lower one makes quantiles nonsense. */
export const cumulativeBuckets: Rule = {
  name: "cumulative-buckets",
  *check(family) {
    for (const { buckets } of histogramSeries(family)) {
      const i = buckets.findIndex(({ value }, i) => value < (buckets[i - 1]?.value ?? value));
      if (i < 0) continue;
      const [lower, upper] = [buckets[i - 1]!, buckets[i]!].map(briefSampleText);
      yield `buckets should count what lower ones count: ${lower}, but ${upper}`;
      return;
    }
  },
};

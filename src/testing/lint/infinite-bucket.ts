import { briefSampleText } from "../sample-text.ts";
import { boundOf, histogramSeries } from "./histogram-series.ts";
import type { Rule } from "./rule.ts";

/** Without it, what is above the last bound is lost to every query. */
export const infiniteBucket: Rule = {
  name: "infinite-bucket",
  *check(family) {
    for (const { buckets } of histogramSeries(family)) {
      const last = buckets.at(-1);
      if (last === undefined || boundOf(last) === Number.POSITIVE_INFINITY) continue;
      yield `the last bucket should be that of le="+Inf": ${briefSampleText(last)}`;
      return;
    }
  },
};

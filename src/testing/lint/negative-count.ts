import type { PageFamily, PageSample } from "../read-page.ts";
import { briefSampleText } from "../sample-text.ts";
import type { Rule } from "./rule.ts";

export const negativeCount: Rule = {
  name: "negative-count",
  *check(family) {
    const sample = family.samples.find((each) => each.value < 0 && isCount(family, each));
    if (sample !== undefined) yield `counts should not be negative: ${briefSampleText(sample)}`;
  },
};

function isCount({ name, type }: PageFamily, sample: PageSample): boolean {
  if (type === "counter") return true;
  if (type !== "histogram" && type !== "summary") return false;
  return sample.name === `${name}_count` || sample.name === `${name}_bucket`;
}

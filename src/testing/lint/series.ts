import { show } from "../../errors.ts";
import { labelsKey } from "../../exposition/parse/labels.ts";
import type { PageFamily, PageSample } from "../read-page.ts";
import { briefSampleText } from "../sample-text.ts";
import type { Rule } from "./rule.ts";

/** Prometheus keeps one of several samples of a series, and does not say which. */
export const duplicateSeries: Rule = {
  name: "duplicate-series",
  *check({ samples }) {
    const seen = new Set<string>();
    for (const { name, labels } of samples) {
      const key = `${name} ${labelsKey(labels)}`;
      if (seen.has(key)) yield "metric not unique";
      seen.add(key);
    }
  },
};

/** Prometheus reads families whose samples are scattered; OpenMetrics and other readers refuse them. */
export const interleaved: Rule = {
  name: "interleaved",
  *check(family, page) {
    const [from, to] = linesOf(family);
    if (to - from < family.samples.length) return;
    const isBetween = (line: number) => line > from && line < to;
    const other = page.find((each) => each !== family && linesOf(each).some(isBetween));
    if (other === undefined) return;
    yield `samples should stand together, but ${show(other.name)} is between lines ${from} and ${to}`;
  },
};

/** The lines of the family's first and last sample. */
function linesOf({ samples }: PageFamily): [number, number] {
  return [samples[0]?.line ?? 0, samples.at(-1)?.line ?? -1];
}

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

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
    const other = firstBetween(page, from, to);
    if (other === undefined) return;
    yield `samples should stand together, but ${show(other.name)} is between lines ${from} and ${to}`;
  },
};

/** The first family of the page with its first or last sample between two lines of another one. */
function firstBetween(page: readonly PageFamily[], from: number, to: number) {
  const ends = endsOf(page);
  let low = 0;
  for (let high = ends.length; low < high; ) {
    const middle = (low + high) >> 1;
    if (ends[middle]!.line > from) high = middle;
    else low = middle + 1;
  }
  const { line, family } = ends[low] ?? { line: to };
  return line < to ? family : undefined;
}

interface End {
  readonly line: number;
  readonly family: PageFamily;
}

const endsOfPages = new WeakMap<readonly PageFamily[], readonly End[]>();

/** The lines of all first and last samples, in order, so that each family's check takes little time. */
function endsOf(page: readonly PageFamily[]): readonly End[] {
  let ends = endsOfPages.get(page);
  if (ends === undefined) {
    ends = page
      .flatMap((family) => linesOf(family).map((line) => ({ line, family })))
      .sort((a, b) => a.line - b.line);
    endsOfPages.set(page, ends);
  }
  return ends;
}

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

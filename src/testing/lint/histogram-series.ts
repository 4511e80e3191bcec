import { parseNumber } from "../../exposition/parse/number.ts";
import { seriesOf } from "../../exposition/parse/series.ts";
import type { PageFamily, PageSample } from "../read-page.ts";

export interface HistogramSeries {
  /** By ascending bound. */
  readonly buckets: readonly PageSample[];
  readonly count: PageSample | undefined;
  readonly sum: PageSample | undefined;
}

/** The series of a histogram; none of any other family. */
export function* histogramSeries(family: PageFamily): Generator<HistogramSeries> {
  if (family.type !== "histogram") return;
  for (const { samples } of seriesOf(family)) {
    const parts = (suffix: string) => samples.filter(({ name }) => name === family.name + suffix);
    yield {
      buckets: parts("_bucket").sort((a, b) => boundOf(a) - boundOf(b)),
      count: parts("_count")[0],
      sum: parts("_sum")[0],
    };
  }
}

export function boundOf({ labels }: PageSample): number {
  return parseNumber(labels.le!)!;
}

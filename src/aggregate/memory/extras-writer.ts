import { nativeHistogram } from "../../instruments/histogram/native/value.ts";
import type { Family } from "../../model/family.ts";
import type {
  Exemplar,
  HistogramValue,
  SeriesHead,
  SummaryValue,
} from "../../model/sample-sink.ts";
import type { HistogramShape, SeriesRun } from "../../model/series-run.ts";
import { RegionWriter } from "../region/writer.ts";

const NO_BUCKETS = new Map<number, number>();

/**
 * Reports what is not in the region of a thread. Of families whose numbers are there it reports only
 * exemplars and the windows of summaries, with counts of zero, to be added to those of the region.
 */
export class ExtrasWriter extends RegionWriter {
  readonly #isInRegion: (family: Family) => boolean;
  #isCounted = false;

  constructor(isInRegion: (family: Family) => boolean) {
    super(() => Date.now() / 1000);
    this.#isInRegion = isInRegion;
  }

  override family(family: Family): void {
    this.#isCounted = this.#isInRegion(family);
    super.family(family);
  }

  override numbers(run: SeriesRun): number {
    return this.#isCounted ? run.firstExemplar : super.numbers(run);
  }

  override histograms(run: SeriesRun, shape: HistogramShape): number {
    return this.#isCounted ? run.firstExemplar : super.histograms(run, shape);
  }

  override counter(head: SeriesHead, value: number, exemplar?: Exemplar): void {
    if (!this.#isCounted) super.counter(head, value, exemplar);
    else if (exemplar !== undefined) super.counter(head, 0, exemplar);
  }

  override summary(head: SeriesHead, value: SummaryValue): void {
    if (!this.#isCounted) super.summary(head, value);
    else {
      const { quantiles, sketch } = value;
      const quantile = (i: number) => value.quantile(i);
      super.summary(head, { quantiles, quantile, sketch, count: 0, sum: 0 });
    }
  }

  override histogram(head: SeriesHead, value: HistogramValue): void {
    super.histogram(head, this.#isCounted ? exemplarsOf(value) : value);
  }
}

/** A histogram without observations that has the exemplars of another one. */
function exemplarsOf(value: HistogramValue): HistogramValue {
  const { bounds, native } = value;
  return {
    bounds,
    bucketCount: () => 0,
    exemplar: (i) => value.exemplar(i),
    count: 0,
    sum: 0,
    native:
      native &&
      nativeHistogram({ ...native, zeroCount: 0, positive: NO_BUCKETS, negative: NO_BUCKETS }),
  };
}

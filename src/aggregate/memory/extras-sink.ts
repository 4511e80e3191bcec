import type { PageSink } from "../../exposition/render.ts";
import { nativeHistogram } from "../../instruments/histogram/native/value.ts";
import type { Family } from "../../model/family.ts";
import type {
  Exemplar,
  HistogramValue,
  SeriesHead,
  StateSetValue,
  SummaryValue,
} from "../../model/sample-sink.ts";
import type { HistogramShape, SeriesRun } from "../../model/series-run.ts";
import type { RegionWriter } from "../region/writer.ts";

const NO_BUCKETS = new Map<number, number>();

/**
 * Reports what is not in the region of a thread. Of families whose numbers are there it reports only
 * exemplars and the windows of summaries, with counts of zero, to be added to those of the region.
 */
export class ExtrasSink implements PageSink {
  readonly hasLines = true;
  readonly #writer: RegionWriter;
  readonly #isInRegion: (family: Family) => boolean;
  #isCounted = false;

  constructor(writer: RegionWriter, isInRegion: (family: Family) => boolean) {
    this.#writer = writer;
    this.#isInRegion = isInRegion;
  }

  get length(): number {
    return this.#writer.length;
  }

  truncate(length: number): void {
    this.#writer.truncate(length);
  }

  names(family: Family): string[] {
    return this.#writer.names(family);
  }

  labelName(name: string): string {
    return name;
  }

  finish(): Uint8Array {
    return this.#writer.finish();
  }

  family(family: Family): void {
    this.#isCounted = this.#isInRegion(family);
    this.#writer.family(family);
  }

  numbers(run: SeriesRun): number {
    return this.#isCounted ? run.firstExemplar : this.#writer.numbers(run);
  }

  histograms(run: SeriesRun, shape: HistogramShape): number {
    return this.#isCounted ? run.firstExemplar : this.#writer.histograms(run, shape);
  }

  counter(head: SeriesHead, value: number, exemplar?: Exemplar): void {
    if (!this.#isCounted) this.#writer.counter(head, value, exemplar);
    else if (exemplar !== undefined) this.#writer.counter(head, 0, exemplar);
  }

  gauge(head: SeriesHead, value: number): void {
    this.#writer.gauge(head, value);
  }

  unknown(head: SeriesHead, value: number): void {
    this.#writer.unknown(head, value);
  }

  info(head: SeriesHead): void {
    this.#writer.info(head);
  }

  stateSet(head: SeriesHead, value: StateSetValue): void {
    this.#writer.stateSet(head, value);
  }

  summary(head: SeriesHead, value: SummaryValue): void {
    if (!this.#isCounted) this.#writer.summary(head, value);
    else {
      const { quantiles, sketch } = value;
      const quantile = (i: number) => value.quantile(i);
      this.#writer.summary(head, { quantiles, quantile, sketch, count: 0, sum: 0 });
    }
  }

  histogram(head: SeriesHead, value: HistogramValue): void {
    this.#writer.histogram(head, this.#isCounted ? exemplarsOf(value) : value);
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

import type { MetricSource, SampleSink } from "../model/sample-sink.ts";
import type { Instrument } from "./instrument.ts";

/** A series that a user holds: it has the page and the position of its row, so an update is one hop. */
export abstract class HeldSeries implements MetricSource {
  page: Float64Array;
  at = 0;
  /** Negative once the series is gone. */
  slot = -1;
  /** Whether `touch` must be called before an update. */
  watched = false;
  /** The next holder of the same slot. */
  next: HeldSeries | undefined;
  protected readonly instrument: Instrument<HeldSeries>;
  /** The label values of a series that expired, which the next update brings back. */
  private expiredValues: readonly string[] | undefined;

  constructor(instrument: Instrument<HeldSeries>) {
    this.instrument = instrument;
    this.page = instrument.scratch;
  }

  /** Its series is gone: updates go nowhere, or bring back the one that expired. */
  detach(expiredValues: readonly string[] | undefined): void {
    this.slot = -1;
    this.page = this.instrument.scratch;
    this.at = 0;
    this.watched = true;
    this.expiredValues = expiredValues;
  }

  // A metric without labels is its series: what a family can do, it can do, too.

  labels(labels?: object): this {
    return this.instrument.labels(labels) as this;
  }

  remove(): boolean {
    return this.instrument.remove();
  }

  clear(): void {
    this.instrument.clear();
  }

  visit(sink: SampleSink): Iterable<void> {
    return this.instrument.visit(sink);
  }

  protected touch(): void {
    const { instrument } = this;
    if (this.expiredValues !== undefined) {
      instrument.attach(this, instrument.table.slotOfValues(this.expiredValues));
      this.expiredValues = undefined;
    }
    if (this.slot >= 0) instrument.table.touch(this.slot);
  }
}

/** All holders of a slot. */
export function* chain(first: HeldSeries | undefined): Generator<HeldSeries> {
  for (let series = first; series !== undefined; ) {
    const { next } = series; // What is done with it may put it into another chain.
    yield series;
    series = next;
  }
}

import type { PublicCall } from "../errors.ts";
import type { MetricSource, SampleSink } from "../model/sample-sink.ts";
import { type Inspected, inspectedAs, seriesLine } from "./inspected.ts";

/** What a series needs of the instrument that it belongs to. */
interface SeriesOwner extends MetricSource, Inspected {
  readonly name: string;
  readonly size: number;
  /** A row that takes the updates of removed series. */
  readonly scratch: Float64Array;
  /** Notes an update of a series that has hooks. */
  touch(series: HeldSeries): void;
  /** Is called with what an update threw. */
  reject(error: unknown, call: PublicCall): void;
  seriesFor(labels: object | undefined, call: PublicCall): HeldSeries;
  removeFor(labels: object | undefined, call: PublicCall): boolean;
  clear(): void;
  reset(): void;
}

/**
 * A series as updates see it: it has the chunk and the position of its row, so an update is one hop.
 * Users hold one for each label set they ask for; a family points another one at the series of each
 * update by labels.
 */
export abstract class HeldSeries implements MetricSource {
  // `declare` spares V8 checks, as in `BucketFinder`.
  declare chunk: Float64Array;
  at = 0;
  /** Negative once the series is gone. */
  slot = -1;
  /** Whether the instrument must be asked for an exemplar, or told of updates. */
  hasHooks = false;
  /** The next holder of the same slot. */
  next: HeldSeries | undefined;
  /** The label values of a series that expired: the next update brings it back. */
  expiredValues: readonly string[] | undefined;
  declare protected readonly instrument: SeriesOwner;

  static {
    inspectedAs("Series", HeldSeries.prototype, ({ instrument, slot }) =>
      seriesLine(instrument, slot),
    );
  }

  constructor(instrument: SeriesOwner) {
    this.instrument = instrument;
    this.chunk = instrument.scratch;
  }

  /** Whether the series was removed or has expired. */
  get isGone(): boolean {
    return this.slot < 0;
  }

  /** Is called when the series goes. From then on updates are dropped, or bring it back if it expired. */
  detach(expiredValues: readonly string[] | undefined): void {
    this.slot = -1;
    this.chunk = this.instrument.scratch;
    this.at = 0;
    this.hasHooks = true;
    this.expiredValues = expiredValues;
  }

  // For a metric without labels, users get its only series. So a series has the methods of a family, too.

  labels(labels?: object): this {
    return this.instrument.seriesFor(labels, this.labels) as this;
  }

  remove(labels?: object): boolean {
    return this.instrument.removeFor(labels, this.remove);
  }

  clear(): void {
    this.instrument.clear();
  }

  reset(): void {
    this.instrument.reset();
  }

  get size(): number {
    return this.instrument.size;
  }

  visit(sink: SampleSink): Iterable<void> | void {
    return this.instrument.visit(sink);
  }
}

/** All holders of a slot. */
export function* chain(first: HeldSeries | undefined): Generator<HeldSeries> {
  for (let series = first; series !== undefined; ) {
    const { next } = series; // The caller may put the series into another chain.
    yield series;
    series = next;
  }
}

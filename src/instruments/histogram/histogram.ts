import { addNanoseconds, sumOf } from "../../model/duration-sum.ts";
import type {
  Exemplar,
  HistogramValue,
  NativeHistogram,
  SampleSink,
  SumParts,
} from "../../model/sample-sink.ts";
import type { HistogramShape } from "../../model/series-run.ts";
import type { OptionNames } from "../../options.ts";
import { define, type RegistryContext } from "../definition/define.ts";
import type {
  DeclaredLabels,
  LabelledFamily,
  LabelName,
  Labels,
  LabelTypes,
  PlainFamily,
} from "../definition/labels.ts";
import { METRIC_OPTIONS, type MetricOptions } from "../definition/options.ts";
import { Exemplars, type UpdateOptions } from "../exemplars.ts";
import { HeldSeries } from "../held-series.ts";
import { Instrument } from "../instrument.ts";
import type { SeriesLedger } from "../series-ledger.ts";
import type { SeriesRow } from "../series-row.ts";
import {
  type LabelledTimers,
  type SeriesTimers,
  type StopTimer,
  startTimer,
  startTimerOf,
  time,
  timeOf,
} from "../timer.ts";
import { checkWork, type WorkEnd } from "../work.ts";
import { BucketFinder } from "./bucket-finder.ts";
import { checkBuckets, DEFAULT_BUCKETS } from "./buckets.ts";
import { HEAP } from "./native/bucket-counts.ts";
import { type NativeOptions, type NativeSettings, nativeOptions } from "./native/options.ts";
import { type NativePlaces, NativeState } from "./native/state.ts";

export interface HistogramOptions<L extends DeclaredLabels> extends MetricOptions<L> {
  /**
   * Upper bounds of the classic buckets, finite and ascending; by default those of the Go client, from
   * 0.005 to 10. With `[]` there are only native buckets, which text formats can't show.
   */
  readonly buckets?: readonly number[] | undefined;
  /**
   * Adds native buckets, with these options if given. Prometheus stores them only if it scrapes
   * protobuf and its native histograms are enabled.
   */
  readonly native?: boolean | NativeOptions | undefined;
}

/** A histogram's series. */
export interface HistogramSeries extends SeriesTimers {
  /**
   * Counts a value. NaN is counted in the highest bucket and makes the sum NaN, as in the Go client,
   * with a warning.
   * @throws NarthexError only in a strict registry: `NARTHEX_VALUE_INVALID` if it is not a number;
   * `NARTHEX_EXEMPLAR_INVALID` if the exemplar is invalid
   */
  observe(value: number, options?: UpdateOptions): void;
}

/**
 * How values such as durations or sizes are distributed.
 *
 * @example
 * const latency = metrics.histogram({ name: "query_seconds", help: "Queries.", labels: ["op"] });
 * latency.observe({ op: "select" }, 0.012);
 * const rows = await latency.time({ op: "select" }, () => db.query("…"));
 */
export interface LabelledHistogram<L extends LabelTypes>
  extends LabelledFamily<L, HistogramSeries>,
    LabelledTimers<L> {
  /**
   * Counts a value of the series with these labels, such as a duration in seconds or a size in bytes.
   *
   * @example
   * latency.observe({ op: "select" }, 0.012);
   */
  observe(labels: Labels<L>, value: number, options?: UpdateOptions): void;
}

/** A histogram without labels. */
export interface PlainHistogram extends HistogramSeries, PlainFamily<HistogramSeries> {}

/** A histogram with the labels `L`, names or an object of their values; by default it has none. */
export type Histogram<L extends LabelTypes = never> = [LabelName<L>] extends [never]
  ? PlainHistogram
  : LabelledHistogram<L>;

/**
 * A row has the count of each bucket, the last of them for values above every bound, and then the two
 * numbers of the sum (see `addNanoseconds`).
 */
export class HistogramInstrument extends Instrument<HeldHistogram> {
  static readonly options: OptionNames<HistogramOptions<string>> = {
    ...METRIC_OPTIONS,
    buckets: true,
    native: true,
  };

  /** No callback supplies its values. */
  readonly reader = undefined;
  // Updates read some of these: `declare` spares V8 checks, as in `BucketFinder`.
  declare private readonly finder: BucketFinder;
  declare private readonly bucketCount: number;
  declare private readonly native: NativeSettings | undefined;
  /** The native side of each slot, if the histogram has one. */
  private readonly states: (NativeState | undefined)[] = [];
  declare private readonly exemplars: Exemplars;
  declare private readonly value: RowValue;
  declare private readonly runShape: HistogramShape;

  constructor(options: HistogramOptions<string>, context: RegistryContext) {
    const buckets = options.buckets ?? DEFAULT_BUCKETS;
    checkBuckets(options.name, buckets);
    const native = nativeOptions(options.name, options.native);
    super(define("histogram", options, context, { buckets, native }), buckets.length + 3);
    this.finder = new BucketFinder(buckets);
    this.bucketCount = buckets.length + 1;
    this.native = native;
    this.exemplars = new Exemplars(this.bucketCount);
    const bounds = [...buckets];
    this.value = new RowValue(bounds, this.exemplars);
    this.runShape = { bounds, isNative: native !== undefined };
    this.open();
  }

  observe(labels: object, value: unknown, options?: UpdateOptions): void {
    try {
      if (typeof value !== "number") throw this.invalid(value);
      if (options !== undefined) this.checkExemplar(options);
      this.seriesOf(labels).observe(value, options);
    } catch (error) {
      this.rejectFor(labels, error, this.observe);
    }
  }

  startTimer(labels: object = {}): (rest?: object) => number {
    return startTimerOf(this, labels, this.startTimer);
  }

  time<T>(labels: object, work: () => T, rest?: (end: WorkEnd<never>) => object): T {
    return timeOf(this, labels, work, rest, this.time);
  }

  /** Observes a duration, in whole nanoseconds. */
  record(labels: object, nanoseconds: number): void {
    this.seriesOf(labels).record(nanoseconds);
  }

  invalid(value: unknown): Error {
    return this.invalidValue(value, "a histogram observes numbers");
  }

  /** Counts a value on the classic side. */
  count(chunk: Float64Array, at: number, value: number): void {
    chunk[at + this.finder.find(value)]! += 1;
    chunk[at + this.bucketCount]! += value;
  }

  /** Counts a duration on the classic side. */
  countDuration(chunk: Float64Array, at: number, nanoseconds: number): void {
    chunk[at + this.finder.find(nanoseconds / 1e9)]! += 1;
    addNanoseconds(chunk, at + this.bucketCount, nanoseconds);
  }

  keep(slot: number, exemplar: Exemplar): void {
    this.exemplars.set(slot, this.finder.find(exemplar.value), exemplar);
    this.states[slot]?.addExemplar(exemplar);
  }

  /** Resets the classic side, because the native side has been reset. */
  resetClassic(slot: number): void {
    this.zero(slot);
    this.table.restart(slot, this.states[slot]!.created);
    this.ledger?.added(slot);
  }

  override get shape(): readonly number[] {
    return this.runShape.bounds;
  }

  override get hasExtras(): boolean {
    return this.exemplars.size > 0;
  }

  override refresh(): void {
    super.refresh();
    for (const slot of this.states.keys()) this.resetIfDue(slot);
  }

  override nativePlaces(slot: number): NativePlaces | undefined {
    return this.states[slot]?.places;
  }

  protected override newSeries(): HeldHistogram {
    return this.native === undefined ? new HeldHistogram(this) : new HeldNativeHistogram(this);
  }

  protected override point(series: HeldHistogram, slot: number): void {
    super.point(series, slot);
    if (series instanceof HeldNativeHistogram) series.state = this.states[slot];
  }

  protected override pointCursor(slot: number): HeldHistogram {
    const cursor = super.pointCursor(slot);
    if (cursor instanceof HeldNativeHistogram) cursor.state = this.states[slot];
    return cursor;
  }

  protected override admit(slot: number): void {
    if (this.native === undefined) return;
    this.states[slot] = new NativeState(this.native, this.definition, this.ledger?.countsOf(slot));
  }

  protected override moveMore(ledger: SeriesLedger | undefined): void {
    this.states.forEach((state, slot) => {
      state?.move(ledger?.countsOf(slot) ?? HEAP);
    });
  }

  protected override forget(slot: number): void {
    this.exemplars.forget(slot);
    this.states[slot] = undefined;
  }

  protected override findExemplar(from: number, to: number): number {
    return this.exemplars.find(from, to);
  }

  protected override writeRun(sink: SampleSink, row: SeriesRow): number {
    if (sink.histograms === undefined) return row.from;
    if (this.native !== undefined) {
      for (let slot = row.from; slot < row.to; slot += 1) this.resetIfDue(slot);
    }
    return sink.histograms(row, this.runShape);
  }

  protected override write(sink: SampleSink, row: SeriesRow): void {
    this.resetIfDue(row.slot);
    sink.histogram(row, this.value.of(row, this.states[row.slot]));
  }

  /** Resets a series whose native side wants it. */
  private resetIfDue(slot: number): void {
    if (this.states[slot]?.resetIfDue()) this.resetClassic(slot);
  }
}

/** Whether it is a number, and not NaN. `Number.isNaN` would be a call in Maglev, for which V8 allocates a number. */
function isUsual(value: unknown): boolean {
  return typeof value === "number" && value <= Number.POSITIVE_INFINITY;
}

class HeldHistogram extends HeldSeries implements HistogramSeries {
  declare protected readonly instrument: HistogramInstrument;

  observe(value: number, options?: UpdateOptions): void {
    try {
      if (this.hasHooks || options !== undefined || !isUsual(value)) this.prepare(value, options);
      this.instrument.count(this.chunk, this.at, value);
    } catch (error) {
      this.instrument.reject(error, this.observe);
    }
  }

  protected prepare(value: number, options: UpdateOptions | undefined): void {
    if (typeof value !== "number") throw this.instrument.invalid(value);
    const exemplar = this.instrument.exemplarOf(value, options);
    this.instrument.touch(this);
    if (exemplar !== undefined && !this.isGone) this.instrument.keep(this.slot, exemplar);
    if (Number.isNaN(value)) this.instrument.warnOfNaN();
  }

  startTimer(): StopTimer {
    return startTimer(this);
  }

  time<T>(work: () => T): T {
    checkWork(this.instrument.name, this.time, work);
    return time(this, work);
  }

  /** Observes a duration, in whole nanoseconds. */
  record(nanoseconds: number, options?: UpdateOptions): void {
    try {
      const seconds = nanoseconds / 1e9;
      if (this.hasHooks || options !== undefined) this.prepare(seconds, options);
      this.instrument.countDuration(this.chunk, this.at, nanoseconds);
    } catch (error) {
      this.instrument.reject(error, this.record);
    }
  }
}

/**
 * A series with native buckets. It repeats the code of updates, because V8 puts all of that into its caller only
 * where it is short; otherwise it allocates memory for each value on the way.
 */
class HeldNativeHistogram extends HeldHistogram {
  /** Its native buckets. */
  state: NativeState | undefined;

  override observe(value: number, options?: UpdateOptions): void {
    try {
      if (this.hasHooks || options !== undefined || !isUsual(value)) this.prepare(value, options);
      if (this.state?.observe(value)) this.instrument.resetClassic(this.slot);
      this.instrument.count(this.chunk, this.at, value);
    } catch (error) {
      this.instrument.reject(error, this.observe);
    }
  }

  override record(nanoseconds: number, options?: UpdateOptions): void {
    try {
      const seconds = nanoseconds / 1e9;
      if (this.hasHooks || options !== undefined) this.prepare(seconds, options);
      if (this.state?.observe(seconds)) this.instrument.resetClassic(this.slot);
      this.instrument.countDuration(this.chunk, this.at, nanoseconds);
    } catch (error) {
      this.instrument.reject(error, this.record);
    }
  }

  override detach(expiredValues: readonly string[] | undefined): void {
    super.detach(expiredValues);
    this.state = undefined;
  }
}

/** A view of one row for the sink, reused for every series of a visit. */
class RowValue implements HistogramValue {
  readonly bounds: readonly number[];
  private readonly exemplars: Exemplars;
  private chunk: Float64Array = new Float64Array();
  private at = 0;
  private slot = 0;
  private state: NativeState | undefined;

  constructor(bounds: readonly number[], exemplars: Exemplars) {
    this.bounds = bounds;
    this.exemplars = exemplars;
  }

  of(row: SeriesRow, state: NativeState | undefined): this {
    this.chunk = row.chunk;
    this.at = row.at;
    this.slot = row.slot;
    this.state = state;
    return this;
  }

  bucketCount(i: number): number {
    return this.chunk[this.at + i]!;
  }

  exemplar(i: number): Exemplar | undefined {
    return this.exemplars.get(this.slot, i);
  }

  get count(): number {
    let count = 0;
    for (let i = 0; i <= this.bounds.length; i += 1) count += this.bucketCount(i);
    return count;
  }

  get sum(): number {
    return sumOf(...this.sumParts);
  }

  get sumParts(): SumParts {
    const sum = this.at + this.bounds.length + 1;
    return [this.chunk[sum]!, this.chunk[sum + 1]!];
  }

  get native(): NativeHistogram | undefined {
    return this.state?.snapshot();
  }
}

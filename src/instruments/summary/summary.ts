import { invalidOption } from "../../errors.ts";
import { addNanoseconds, sumOf } from "../../model/duration-sum.ts";
import type { SampleSink, SummarySketch, SummaryValue, SumParts } from "../../model/sample-sink.ts";
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
import { HeldSeries } from "../held-series.ts";
import { Instrument } from "../instrument.ts";
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
import { Octaves, QuantileWindow } from "./quantile-window.ts";
import { SliceClock } from "./slice-clock.ts";

const DEFAULT_QUANTILES: readonly number[] = [0.5, 0.9, 0.99];
const DEFAULT_MAX_AGE_SECONDS = 600;

export interface SummaryOptions<L extends DeclaredLabels> extends MetricOptions<L> {
  /**
   * The quantiles to expose: distinct numbers from 0 (the lowest value) to 1 (the highest); 0.5, 0.9
   * and 0.99 by default. With `[]` the summary is only a count and a sum.
   */
  readonly quantiles?: readonly number[] | undefined;
  /** How long an observed value counts for the quantiles, in seconds; 600 by default. */
  readonly maxAgeSeconds?: number | undefined;
}

/** A summary's series. */
export interface SummarySeries extends SeriesTimers {
  /**
   * Counts a value. NaN is counted, too, and makes the sum NaN, as in the Go client; quantiles ignore it.
   * It is warned of.
   * @throws NarthexError only in a strict registry: `NARTHEX_VALUE_INVALID` if it is not a number
   */
  observe(value: number): void;
}

/**
 * The count and sum of all values, and quantiles of the latest ones. The quantiles are computed in this
 * process: unlike those of a histogram, they can't be aggregated over several processes.
 *
 * The quantile φ of n values is the one of rank ⌈φn⌉. The number exposed is at most 0.8 % (1/128) off,
 * whatever the distribution, and for negative values, too. The lowest and the highest value are exact, and no
 * quantile is beyond them; zero and the infinities are exact, too. Values nearer to zero than 2.3e-308 are at
 * most 4e-310 off. If the window has no value, quantiles are NaN.
 *
 * The window slides in five steps: a value counts for 79 % to 100 % of `maxAgeSeconds`. While many
 * values are observed in quick succession, the clock is not read for each of them, but only after a
 * sixteenth as many as before, and at least after 1024. If a pause follows, the values since the last
 * reading may be dated too early, and leave the window sooner.
 *
 * A series takes about 1.5 kB for each power of two in which it had values.
 *
 * @example
 * const size = metrics.summary({ name: "answer_bytes", help: "Answers.", labels: ["route"] });
 * size.observe({ route: "/articles" }, 1532);
 */
export interface LabelledSummary<L extends LabelTypes>
  extends LabelledFamily<L, SummarySeries>,
    LabelledTimers<L> {
  /**
   * Counts a value of the series with these labels, such as a size in bytes or a duration in seconds.
   *
   * @example
   * answerBytes.observe({ route: "/articles" }, 1532);
   */
  observe(labels: Labels<L>, value: number): void;
}

/** A summary without labels. */
export interface PlainSummary extends SummarySeries, PlainFamily<SummarySeries> {}

/** A summary with the labels `L`, names or an object of their values; by default it has none. */
export type Summary<L extends LabelTypes = never> = [LabelName<L>] extends [never]
  ? PlainSummary
  : LabelledSummary<L>;

/** A row is a count, and the two numbers of a sum (see `addNanoseconds`). */
const COUNT = 0;
const SUM = 1;
const ROW = 3;

export class SummaryInstrument extends Instrument<HeldSummary> {
  static readonly options: OptionNames<SummaryOptions<string>> = {
    ...METRIC_OPTIONS,
    quantiles: true,
    maxAgeSeconds: true,
  };

  /** No callback supplies its values. */
  readonly reader = undefined;
  readonly clock: SliceClock;
  private readonly octaves = new Octaves();
  /** The window of each slot; none if the summary has no quantiles. */
  private readonly windows: (QuantileWindow | undefined)[] = [];
  private readonly value: RowValue;

  constructor(options: SummaryOptions<string>, context: RegistryContext) {
    const { quantiles = DEFAULT_QUANTILES, maxAgeSeconds = DEFAULT_MAX_AGE_SECONDS } = options;
    const ascending = checkQuantiles(options.name, quantiles);
    checkMaxAge(options.name, maxAgeSeconds);
    super(define("summary", options, context, { quantiles: ascending, maxAgeSeconds }), ROW);
    this.clock = new SliceClock(maxAgeSeconds * 1000, context.elapsed);
    this.value = new RowValue(ascending);
    this.open();
  }

  observe(labels: object, value: unknown): void {
    try {
      if (typeof value !== "number") throw this.invalid(value);
      this.seriesOf(labels).observe(value);
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
    return this.invalidValue(value, "a summary observes numbers");
  }

  override get shape(): readonly number[] {
    return this.value.quantiles;
  }

  /** Values leave the window as time goes by. */
  override get mark(): unknown {
    this.clock.sync();
    return this.hasExtras ? this.clock.slice : undefined;
  }

  override get hasExtras(): boolean {
    return this.value.quantiles.length > 0;
  }

  override visit(sink: SampleSink): Generator<void> {
    this.clock.sync();
    return super.visit(sink);
  }

  protected override newSeries(): HeldSummary {
    return new HeldSummary(this);
  }

  protected override point(series: HeldSummary, slot: number): void {
    super.point(series, slot);
    series.window = this.windows[slot];
  }

  protected override pointCursor(slot: number): HeldSummary {
    const cursor = super.pointCursor(slot);
    cursor.window = this.windows[slot];
    return cursor;
  }

  protected override admit(slot: number): void {
    if (this.value.quantiles.length === 0) return;
    this.windows[slot] = new QuantileWindow(this.octaves, this.clock.slice);
  }

  protected override forget(slot: number): void {
    this.windows[slot] = undefined;
  }

  protected override write(sink: SampleSink, row: SeriesRow): void {
    const { value } = this;
    value.count = row.chunk[row.at + COUNT]!;
    value.sumParts = [row.chunk[row.at + SUM]!, row.chunk[row.at + SUM + 1]!];
    value.window = this.windows[row.slot];
    value.slice = this.clock.slice;
    value.window?.read(value.slice, value.quantiles, value.values);
    sink.summary(row, value);
  }
}

class HeldSummary extends HeldSeries implements SummarySeries {
  /** The latest values, for quantiles. */
  window: QuantileWindow | undefined;
  declare protected readonly instrument: SummaryInstrument;

  observe(value: number): void {
    try {
      if (typeof value !== "number") throw this.instrument.invalid(value);
      if (this.hasHooks) this.instrument.touch(this);
      if (Number.isNaN(value)) this.instrument.warnOfNaN();
      else this.window?.add(value, this.instrument.clock.tick());
      this.chunk[this.at + COUNT]! += 1;
      this.chunk[this.at + SUM]! += value;
    } catch (error) {
      this.instrument.reject(error, this.observe);
    }
  }

  startTimer(): StopTimer {
    return startTimer(this);
  }

  time<T>(work: () => T): T {
    checkWork(this.instrument.name, this.time, work);
    return time(this, work);
  }

  /** Observes a duration, in whole nanoseconds. */
  record(nanoseconds: number): void {
    try {
      if (this.hasHooks) this.instrument.touch(this);
      this.window?.add(nanoseconds / 1e9, this.instrument.clock.tick());
      this.chunk[this.at + COUNT]! += 1;
      addNanoseconds(this.chunk, this.at + SUM, nanoseconds);
    } catch (error) {
      this.instrument.reject(error, this.record);
    }
  }

  override detach(expiredValues: readonly string[] | undefined): void {
    super.detach(expiredValues);
    this.window = undefined;
  }
}

/** A view of one row for the sink, reused for every series of a visit. */
class RowValue implements SummaryValue {
  readonly quantiles: readonly number[];
  readonly values: Float64Array;
  window: QuantileWindow | undefined;
  slice = 0;
  count = 0;
  sumParts: SumParts = [0, 0];

  constructor(quantiles: readonly number[]) {
    this.quantiles = quantiles;
    this.values = new Float64Array(quantiles.length);
  }

  quantile(i: number): number {
    return this.values[i]!;
  }

  get sum(): number {
    return sumOf(...this.sumParts);
  }

  get sketch(): SummarySketch | undefined {
    return this.window?.sketch(this.slice);
  }
}

/** The quantiles in ascending order; throws unless they are distinct numbers from 0 to 1. */
function checkQuantiles(metric: string, quantiles: unknown): number[] {
  if (!Array.isArray(quantiles)) {
    throw invalidOption(metric, "quantiles", quantiles, "use an array of numbers from 0 to 1");
  }
  quantiles.forEach((quantile, i) => {
    if (typeof quantile !== "number" || !(quantile >= 0 && quantile <= 1)) {
      throw invalidOption(metric, `quantiles[${i}]`, quantile, "use a number from 0 to 1");
    }
    if (quantiles.indexOf(quantile) < i) {
      throw invalidOption(metric, `quantiles[${i}]`, quantile, "it is there twice");
    }
  });
  return [...quantiles].sort((a, b) => a - b);
}

function checkMaxAge(metric: string, seconds: unknown): void {
  if (typeof seconds !== "number" || !(seconds > 0 && seconds < Infinity)) {
    const rule = "use a finite number of seconds above 0";
    throw invalidOption(metric, "maxAgeSeconds", seconds, rule);
  }
}

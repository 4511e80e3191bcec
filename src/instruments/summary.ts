import { invalidOption, invalidValue } from "../errors.ts";
import type { SampleSink, SummaryValue } from "../model/sample-sink.ts";
import {
  define,
  type LabelledFamily,
  type Labels,
  type MetricOptions,
  type PlainFamily,
  type RegistryContext,
} from "./definition.ts";
import { HeldSeries } from "./held-series.ts";
import { Instrument } from "./instrument.ts";
import { QuantileWindows } from "./quantile-windows.ts";
import type { SeriesRow } from "./series-row.ts";
import { SliceClock } from "./slice-clock.ts";
import { type StopTimer, startTimer, time } from "./timer.ts";

const DEFAULT_QUANTILES: readonly number[] = [0.5, 0.9, 0.99];
const DEFAULT_MAX_AGE_SECONDS = 600;

export interface SummaryOptions<L extends string> extends MetricOptions<L> {
  /**
   * The quantiles to show: distinct numbers from 0 (the lowest value) to 1 (the highest); 0.5, 0.9
   * and 0.99 by default. With none, a summary is a count and a sum.
   */
  readonly quantiles?: readonly number[];
  /** How long a value counts towards the quantiles, in seconds; 600 by default. */
  readonly maxAgeSeconds?: number;
}

/** A summary's series. */
export interface SummarySeries {
  /**
   * Counts a value. NaN counts and makes the sum NaN, as in the Go client; quantiles leave it out.
   * @throws NarthexError `NARTHEX_VALUE_INVALID` where it is not a number
   */
  observe(value: number): void;
  /** Starts to measure a duration; the function it returns observes it, in seconds. */
  startTimer(): StopTimer;
  /** Observes how long `work` takes, in seconds, also where it throws or rejects. */
  time<T>(work: () => T): T;
}

/**
 * Count and sum of all values, and quantiles of the newest: computed in this process and exact in
 * rank, but unlike a histogram's they can't be aggregated over several.
 *
 * The quantile φ of n values is the one of rank ⌈φn⌉. It is shown at most 0.8 % (1/128) off, for any
 * distribution, of negative values, too; zero and the infinities exactly (and what is nearer to zero
 * than 2.3e-308 at most 4e-310 off). Where the window has no value, the quantiles are NaN.
 *
 * The window slides in five steps: a value counts for at least 79 % of `maxAgeSeconds`, and never
 * for more than 100 %. The clock is read at each scrape and for the first values after it; where many
 * come in quick succession, only after a sixteenth as many as came before, at most 1024. When a pause
 * follows, as many values may be taken for older than they are, and go sooner.
 *
 * A series takes about 1.5 kB for each power of two in which it has had values.
 *
 * @example
 * const size = metrics.summary({ name: "answer_bytes", help: "Answers.", labels: ["route"] });
 * size.observe({ route: "/articles" }, 1532);
 */
export interface LabelledSummary<L extends string> extends LabelledFamily<L, SummarySeries> {
  observe(labels: Labels<L>, value: number): void;
  startTimer(labels: Labels<L>): StopTimer;
  time<T>(labels: Labels<L>, work: () => T): T;
}

/** A summary without labels. */
export interface PlainSummary extends SummarySeries, PlainFamily<SummarySeries> {}

export type Summary<L extends string = never> = [L] extends [never]
  ? PlainSummary
  : LabelledSummary<L>;

/** Where a row has what. */
const COUNT = 0;
const SUM = 1;
/** The slice of time up to which the window was brought last. */
const EPOCH = 2;
const STRIDE = 3;

export class SummaryInstrument extends Instrument<HeldSummary> {
  private readonly clock: SliceClock;
  private readonly windows = new QuantileWindows();
  private readonly hasQuantiles: boolean;
  private readonly value: RowValue;

  constructor(options: SummaryOptions<string>, context: RegistryContext) {
    const { quantiles = DEFAULT_QUANTILES, maxAgeSeconds = DEFAULT_MAX_AGE_SECONDS } = options;
    const ascending = checkQuantiles(options.name, quantiles);
    checkMaxAge(options.name, maxAgeSeconds);
    super(define("summary", options, context, { quantiles: ascending, maxAgeSeconds }), STRIDE);
    this.clock = new SliceClock(maxAgeSeconds * 1000, context.now);
    this.hasQuantiles = ascending.length > 0;
    this.value = new RowValue(ascending);
    this.open();
  }

  observe(labels: object, value: unknown): void {
    if (typeof value !== "number") throw this.invalid(value);
    this.seriesOf(labels).observe(value);
  }

  startTimer(labels: object): StopTimer {
    return this.labels(labels).startTimer();
  }

  time<T>(labels: object, work: () => T): T {
    return this.labels(labels).time(work);
  }

  invalid(value: unknown): Error {
    return invalidValue(this.family.name, value, "a summary observes numbers");
  }

  /** Counts a value in the row at a position of a chunk. */
  count(slot: number, chunk: Float64Array, at: number, value: number): void {
    chunk[at + COUNT]! += 1;
    chunk[at + SUM]! += value;
    if (Number.isNaN(value) || !this.hasQuantiles) return;
    this.clock.tick();
    this.advance(slot, chunk, at);
    this.windows.add(slot, this.clock.slice, value);
  }

  override visit(sink: SampleSink): Generator<void> {
    this.clock.sync();
    return super.visit(sink);
  }

  protected override forget(slot: number): void {
    this.windows.free(slot);
  }

  protected override newSeries(): HeldSummary {
    return new HeldSummary(this);
  }

  protected override write(sink: SampleSink, row: SeriesRow): void {
    const { chunk, at, slot } = row;
    const { value } = this;
    this.advance(slot, chunk, at);
    this.windows.read(slot, value.quantiles, value.values);
    value.count = chunk[at + COUNT]!;
    value.sum = chunk[at + SUM]!;
    sink.summary(row, value);
  }

  /** Drops from the series' window the slices of time that are over. */
  private advance(slot: number, chunk: Float64Array, at: number): void {
    const { epoch } = this.clock;
    const last = chunk[at + EPOCH]!;
    if (last === epoch) return;
    this.windows.advance(slot, last, epoch);
    chunk[at + EPOCH] = epoch;
  }
}

class HeldSummary extends HeldSeries implements SummarySeries {
  declare protected readonly instrument: SummaryInstrument;

  observe(value: number): void {
    if (typeof value !== "number") throw this.instrument.invalid(value);
    if (this.hasHooks) this.instrument.touch(this);
    if (!this.isGone) this.instrument.count(this.slot, this.chunk, this.at, value);
  }

  startTimer(): StopTimer {
    return startTimer(this);
  }

  time<T>(work: () => T): T {
    return time(this, work);
  }
}

/** What a sink reads of a series; one object serves all series of a visit. */
class RowValue implements SummaryValue {
  readonly quantiles: readonly number[];
  readonly values: Float64Array;
  count = 0;
  sum = 0;

  constructor(quantiles: readonly number[]) {
    this.quantiles = quantiles;
    this.values = new Float64Array(quantiles.length);
  }

  quantile(i: number): number {
    return this.values[i]!;
  }
}

/** The quantiles in ascending order; throws where they are none. */
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

import type { SampleSink } from "../model/sample-sink.ts";
import { type Collect, CollectedInstrument } from "./collected.ts";
import {
  define,
  type LabelledFamily,
  type Labels,
  METRIC_OPTIONS,
  type MetricOptions,
  type PlainFamily,
  type RegistryContext,
} from "./definition.ts";
import { HeldSeries } from "./held-series.ts";
import type { OptionNames } from "./options.ts";
import type { SeriesRow } from "./series-row.ts";

export interface GaugeOptions<L extends string> extends MetricOptions<L> {
  /** Called at each scrape to read the value. */
  readonly collect?: Collect<NoInfer<L>> | undefined;
}

/** A gauge's series. A value can be any number, including NaN and the infinities. */
export interface GaugeSeries {
  /** @throws NarthexError only in a strict registry: `NARTHEX_VALUE_INVALID` if the value is not a number */
  set(value: number): void;
  /** Adds, 1 by default. */
  inc(value?: number): void;
  /** Subtracts, 1 by default. */
  dec(value?: number): void;
}

/**
 * A value that goes up and down, such as the length of a queue or a temperature.
 *
 * @example
 * const depth = metrics.gauge({ name: "queue_depth", help: "Jobs waiting.", labels: ["queue"] });
 * depth.set({ queue: "mail" }, 4);
 */
export interface LabelledGauge<L extends string> extends LabelledFamily<L, GaugeSeries> {
  set(labels: Labels<L>, value: number): void;
  inc(labels: Labels<L>, value?: number): void;
  dec(labels: Labels<L>, value?: number): void;
}

/** A gauge without labels. */
export interface PlainGauge extends GaugeSeries, PlainFamily<GaugeSeries> {}

export type Gauge<L extends string = never> = [L] extends [never] ? PlainGauge : LabelledGauge<L>;

export class GaugeInstrument extends CollectedInstrument<HeldGauge> {
  static readonly options: OptionNames<GaugeOptions<string>> = { ...METRIC_OPTIONS, collect: true };

  constructor(options: GaugeOptions<string>, context: RegistryContext) {
    super(define("gauge", options, context), options.collect);
    this.open();
  }

  set(labels: object, value: unknown): void {
    try {
      this.check(value);
      this.seriesOf(labels).set(value);
    } catch (error) {
      this.rejectFor(labels, error, this.set);
    }
  }

  inc(labels: object, value: unknown = 1): void {
    try {
      this.check(value);
      this.seriesOf(labels).inc(value);
    } catch (error) {
      this.rejectFor(labels, error, this.inc);
    }
  }

  dec(labels: object, value: unknown = 1): void {
    try {
      this.check(value);
      this.seriesOf(labels).dec(value);
    } catch (error) {
      this.rejectFor(labels, error, this.dec);
    }
  }

  override check(value: unknown): asserts value is number {
    if (typeof value !== "number") throw this.invalid(value);
  }

  invalid(value: unknown): Error {
    return this.invalidValue(value, "a gauge takes numbers");
  }

  protected override newSeries(): HeldGauge {
    return new HeldGauge(this);
  }

  protected override write(sink: SampleSink, row: SeriesRow): void {
    sink.gauge(row, row.chunk[row.at]!);
  }
}

class HeldGauge extends HeldSeries implements GaugeSeries {
  declare protected readonly instrument: GaugeInstrument;

  set(value: number): void {
    try {
      if (typeof value !== "number") throw this.instrument.invalid(value);
      if (this.hasHooks) this.instrument.touch(this);
      this.chunk[this.at] = value;
    } catch (error) {
      this.instrument.reject(error, this.set);
    }
  }

  inc(value = 1): void {
    try {
      if (typeof value !== "number") throw this.instrument.invalid(value);
      if (this.hasHooks) this.instrument.touch(this);
      this.chunk[this.at]! += value;
    } catch (error) {
      this.instrument.reject(error, this.inc);
    }
  }

  dec(value = 1): void {
    try {
      if (typeof value !== "number") throw this.instrument.invalid(value);
      if (this.hasHooks) this.instrument.touch(this);
      this.chunk[this.at]! -= value;
    } catch (error) {
      this.instrument.reject(error, this.dec);
    }
  }
}

import { invalidOption, show } from "../errors.ts";
import type { Aggregate } from "../model/family.ts";
import type { SampleSink } from "../model/sample-sink.ts";
import { type OptionNames, ownOptions } from "../options.ts";
import { type Collect, CollectedInstrument } from "./collected.ts";
import { define, type RegistryContext } from "./definition/define.ts";
import type {
  DeclaredLabels,
  LabelledFamily,
  LabelName,
  Labels,
  LabelTypes,
  PlainFamily,
  TypesOf,
} from "./definition/labels.ts";
import { METRIC_OPTIONS, type MetricOptions } from "./definition/options.ts";
import { HeldSeries } from "./held-series.ts";
import type { SeriesRow } from "./series-row.ts";
import {
  type LabelledTimers,
  type SeriesTimers,
  type StopTimer,
  startTimer,
  startTimerOf,
  time,
  timeOf,
} from "./timer.ts";
import { checkWork, runWork, type WorkEnd } from "./work.ts";

export interface GaugeOptions<L extends DeclaredLabels> extends MetricOptions<L> {
  /** Called at each scrape to read the value. */
  readonly collect?: Collect<TypesOf<NoInfer<L>>> | undefined;
  /**
   * What a page shows that has the values of several processes or threads (see `narthex/processes`):
   * their `"sum"` (the default), the lowest (`"min"`), the highest (`"max"`), their `"average"`, the one that changed
   * last (`"last"`), or all of them (`"each"`), which a label `process` then tells apart.
   */
  readonly aggregate?: Aggregate | undefined;
}

/** A gauge's series. A value can be any number, including NaN and the infinities. */
export interface GaugeSeries extends SeriesTimers {
  /** @throws NarthexError only in a strict registry: `NARTHEX_VALUE_INVALID` if the value is not a number */
  set(value: number): void;
  /**
   * Adds, 1 by default.
   *
   * @example
   * depth.labels({ queue: "mail" }).inc(10);
   */
  inc(value?: number): void;
  /**
   * Subtracts, 1 by default.
   *
   * @example
   * depth.labels({ queue: "mail" }).dec();
   */
  dec(value?: number): void;
  /**
   * Sets the gauge to the time of day, in seconds since the epoch. `time() - last_backup_seconds` is then
   * its age in PromQL.
   *
   * @example
   * const backup = metrics.gauge({ name: "last_backup_seconds", help: "When the last backup ended." });
   * backup.setToNow();
   */
  setToNow(): void;
  /**
   * Runs `work` once, gives its result, and counts it in the gauge while it runs: until its promise
   * settles, or its generator is done.
   *
   * @throws what `work` throws; NarthexError `NARTHEX_OPTION_INVALID` if it is not a function
   *
   * @example
   * const mails = depth.labels({ queue: "mail" });
   * await mails.track(() => sendMail());
   */
  track<T>(work: () => T): T;
}

/**
 * A value that goes up and down, such as the length of a queue or a temperature.
 *
 * @example
 * const depth = metrics.gauge({ name: "queue_depth", help: "Jobs waiting.", labels: ["queue"] });
 * depth.set({ queue: "mail" }, 4);
 */
export interface LabelledGauge<L extends LabelTypes>
  extends LabelledFamily<L, GaugeSeries>,
    LabelledTimers<L> {
  /**
   * Sets the series with these labels to any number, NaN and the infinities included.
   *
   * @example
   * depth.set({ queue: "mail" }, 4);
   */
  set(labels: Labels<L>, value: number): void;
  /**
   * Adds to the series with these labels, 1 by default.
   *
   * @example
   * depth.inc({ queue: "mail" });
   * depth.inc({ queue: "mail" }, 10);
   */
  inc(labels: Labels<L>, value?: number): void;
  /**
   * Subtracts from the series with these labels, 1 by default.
   *
   * @example
   * depth.dec({ queue: "mail" });
   */
  dec(labels: Labels<L>, value?: number): void;
  /**
   * Sets the series with these labels to the time of day, in seconds since the epoch.
   * `time() - last_run_seconds` is then its age in PromQL.
   *
   * @example
   * const lastRun = metrics.gauge({ name: "last_run_seconds", help: "Runs.", labels: ["job"] });
   * lastRun.setToNow({ job: "backup" });
   */
  setToNow(labels: Labels<L>): void;
  /**
   * Runs `work` once, gives its result, and counts it in the gauge while it runs: until its promise
   * settles, or its generator is done.
   *
   * @throws what `work` throws; before it runs, NarthexError in a strict registry, if the labels are wrong
   *
   * @example
   * await depth.track({ queue: "mail" }, () => sendMail());
   */
  track<T>(labels: Labels<L>, work: () => T): T;
}

/** A gauge without labels. */
export interface PlainGauge extends GaugeSeries, PlainFamily<GaugeSeries> {}

/** A gauge with the labels `L`, names or an object of their values; by default it has none. */
export type Gauge<L extends LabelTypes = never> = [LabelName<L>] extends [never]
  ? PlainGauge
  : LabelledGauge<L>;

export class GaugeInstrument extends CollectedInstrument<HeldGauge> {
  static readonly options: OptionNames<GaugeOptions<string>> = {
    ...METRIC_OPTIONS,
    collect: true,
    aggregate: true,
  };

  constructor(options: GaugeOptions<string>, context: RegistryContext) {
    const { aggregate } = options;
    checkAggregate(options, aggregate);
    const definition = define("gauge", options, context, { aggregate });
    const family = ownOptions({
      ...definition.family,
      ...(aggregate !== undefined && { aggregate }),
    });
    super({ ...definition, family }, options.collect);
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

  setToNow(labels: object): void {
    this.seriesFor(labels, this.setToNow).setToNow();
  }

  track<T>(labels: object, work: () => T): T {
    checkWork(this.name, this.track, work);
    return this.seriesFor(labels, this.track).track(work);
  }

  startTimer(labels: object = {}): (rest?: object) => number {
    return startTimerOf(this, labels, this.startTimer);
  }

  time<T>(labels: object, work: () => T, rest?: (end: WorkEnd<never>) => object): T {
    return timeOf(this, labels, work, rest, this.time);
  }

  /** Sets a duration, in whole nanoseconds. */
  record(labels: object, nanoseconds: number): void {
    this.set(labels, nanoseconds / 1e9);
  }

  override check(value: unknown): asserts value is number {
    if (typeof value !== "number") throw this.invalid(value);
  }

  invalid(value: unknown): Error {
    return this.invalidValue(value, "a gauge takes numbers");
  }

  override get shape(): readonly [] | undefined {
    // When the latest value was set is not in the row.
    return this.family.aggregate === "last" ? undefined : [];
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

  setToNow(): void {
    try {
      this.set(this.instrument.definition.now() / 1000);
    } catch (error) {
      this.instrument.reject(error, this.setToNow);
    }
  }

  track<T>(work: () => T): T {
    checkWork(this.instrument.name, this.track, work);
    this.inc();
    const { table } = this.instrument;
    const generation = this.isGone ? 0 : table.generation(this.slot);
    return runWork(work, () => {
      // A series that has gone meanwhile took what was added with it.
      if (!this.isGone && table.generation(this.slot) === generation) this.dec();
    });
  }

  startTimer(): StopTimer {
    return startTimer(this);
  }

  time<T>(work: () => T): T {
    checkWork(this.instrument.name, this.time, work);
    return time(this, work);
  }

  /** Sets a duration, in whole nanoseconds. */
  record(nanoseconds: number): void {
    this.set(nanoseconds / 1e9);
  }
}

const AGGREGATES: { readonly [Name in Aggregate]: true } = {
  sum: true,
  min: true,
  max: true,
  average: true,
  last: true,
  each: true,
};

function checkAggregate({ name, labels }: GaugeOptions<string>, aggregate: unknown): void {
  if (aggregate === undefined) return;
  if (!Object.hasOwn(AGGREGATES, aggregate as string)) {
    const names = Object.keys(AGGREGATES).map(show).join(", ");
    throw invalidOption(name, "aggregate", aggregate, `use one of ${names}`);
  }
  if (aggregate === "each" && Array.isArray(labels) && labels.includes("process")) {
    throw invalidOption(
      name,
      "aggregate",
      aggregate,
      'it adds a label "process", so give yours another name',
    );
  }
}

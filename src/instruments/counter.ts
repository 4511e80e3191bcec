import type { Exemplar, SampleSink } from "../model/sample-sink.ts";
import type { OptionNames } from "../options.ts";
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
import { Exemplars, type UpdateOptions } from "./exemplars.ts";
import { HeldSeries } from "./held-series.ts";
import type { SeriesRow } from "./series-row.ts";
import { checkWork, runWork } from "./work.ts";

export interface CounterOptions<L extends DeclaredLabels> extends MetricOptions<L> {
  /** Called at each scrape to read the total, for something that is counted elsewhere. */
  readonly collect?: Collect<TypesOf<NoInfer<L>>> | undefined;
  /**
   * Exposes the counter under its name as it stands, without `_total`: for names that dashboards have
   * already. OpenMetrics 1.0 has no such counters, and shows it with an unknown type.
   */
  readonly bare?: boolean | undefined;
}

/** A counter's series. */
export interface CounterSeries {
  /**
   * Adds to the total.
   * @param value 0 or more, 1 by default
   * @throws NarthexError only in a strict registry: `NARTHEX_VALUE_INVALID` if it is negative, not
   * finite or not a number; `NARTHEX_EXEMPLAR_INVALID` if the exemplar is invalid
   */
  inc(value?: number, options?: UpdateOptions): void;
  /**
   * Runs `work` once, gives its result, and adds 1 if it throws, or if its promise rejects.
   *
   * @throws what `work` throws; NarthexError `NARTHEX_OPTION_INVALID` if it is not a function
   *
   * @example
   * const failures = metrics.counter({ name: "sync_failures", help: "Failed synchronizations." });
   * await failures.countErrors(() => db.query("…"));
   */
  countErrors<T>(work: () => T): T;
}

/**
 * A value that only goes up, such as the number of requests, errors or bytes sent.
 *
 * @example
 * const posted = metrics.counter({ name: "articles_posted", help: "Articles.", labels: ["category"] });
 * posted.inc({ category: "news" });
 * const news = posted.labels({ category: "news" });
 * news.inc(2);
 */
export interface LabelledCounter<L extends LabelTypes> extends LabelledFamily<L, CounterSeries> {
  /**
   * Adds to the total of the series with these labels.
   *
   * @param value 0 or more, 1 by default
   *
   * @example
   * posted.inc({ category: "news" });
   * posted.inc({ category: "news" }, 3);
   */
  inc(labels: Labels<L>, value?: number, options?: UpdateOptions): void;
  /**
   * Runs `work` once, gives its result, and adds 1 if it throws, or if its promise rejects.
   *
   * @throws what `work` throws; before it runs, NarthexError in a strict registry, if the labels are wrong
   *
   * @example
   * const failures = metrics.counter({ name: "failures", help: "Failures.", labels: ["op"] });
   * await failures.countErrors({ op: "sync" }, () => db.query("…"));
   */
  countErrors<T>(labels: Labels<L>, work: () => T): T;
}

/** A counter without labels. */
export interface PlainCounter extends CounterSeries, PlainFamily<CounterSeries> {}

/** A counter with the labels `L`, names or an object of their values; by default it has none. */
export type Counter<L extends LabelTypes = never> = [LabelName<L>] extends [never]
  ? PlainCounter
  : LabelledCounter<L>;

export class CounterInstrument extends CollectedInstrument<HeldCounter> {
  static readonly options: OptionNames<CounterOptions<string>> = {
    ...METRIC_OPTIONS,
    collect: true,
    bare: true,
  };

  private readonly exemplars = new Exemplars(1);

  constructor(options: CounterOptions<string>, context: RegistryContext) {
    super(define("counter", options, context, { bare: options.bare }), options.collect);
    this.open();
  }

  inc(labels: object, value: unknown = 1, options?: UpdateOptions): void {
    try {
      this.check(value);
      if (options !== undefined) this.checkExemplar(options);
      this.seriesOf(labels).inc(value, options);
    } catch (error) {
      this.rejectFor(labels, error, this.inc);
    }
  }

  countErrors<T>(labels: object, work: () => T): T {
    checkWork(this.name, this.countErrors, work);
    return this.seriesFor(labels, this.countErrors).countErrors(work);
  }

  override check(value: unknown): asserts value is number {
    if (!isIncrement(value)) throw this.invalid(value);
  }

  invalid(value: unknown): Error {
    return this.invalidValue(value, "a counter takes finite numbers from 0 up");
  }

  keep(slot: number, exemplar: Exemplar): void {
    this.exemplars.set(slot, 0, exemplar);
  }

  protected override forget(slot: number): void {
    this.exemplars.forget(slot);
  }

  protected override newSeries(): HeldCounter {
    return new HeldCounter(this);
  }

  override get hasExtras(): boolean {
    return this.exemplars.size > 0;
  }

  protected override findExemplar(from: number, to: number): number {
    return this.exemplars.find(from, to);
  }

  protected override write(sink: SampleSink, row: SeriesRow): void {
    sink.counter(row, row.chunk[row.at]!, this.exemplars.get(row.slot, 0));
  }
}

function isIncrement(value: unknown): value is number {
  return typeof value === "number" && value >= 0 && value < Number.POSITIVE_INFINITY;
}

class HeldCounter extends HeldSeries implements CounterSeries {
  declare protected readonly instrument: CounterInstrument;

  inc(value = 1, options?: UpdateOptions): void {
    try {
      if (!isIncrement(value)) throw this.instrument.invalid(value);
      if (this.hasHooks || options !== undefined) this.prepare(value, options);
      this.chunk[this.at]! += value;
    } catch (error) {
      this.instrument.reject(error, this.inc);
    }
  }

  countErrors<T>(work: () => T): T {
    checkWork(this.instrument.name, this.countErrors, work);
    return runWork(work, (end) => {
      if ("error" in end) this.inc();
    });
  }

  private prepare(value: number, options: UpdateOptions | undefined): void {
    const exemplar = this.instrument.exemplarOf(value, options);
    this.instrument.touch(this);
    if (exemplar !== undefined && !this.isGone) this.instrument.keep(this.slot, exemplar);
  }
}

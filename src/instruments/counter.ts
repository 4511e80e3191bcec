import { invalidValue } from "../errors.ts";
import type { SampleSink, SeriesHead } from "../model/sample-sink.ts";
import { type Collect, CollectedInstrument } from "./collected.ts";
import { define, type Labels, type MetricOptions, type RegistryContext } from "./definition.ts";
import { HeldSeries } from "./instrument.ts";

export interface CounterOptions<L extends string> extends MetricOptions<L> {
  /** Supplies the total when it is scraped, for something that counts by itself. */
  readonly collect?: Collect<L>;
}

/** A counter's series. */
export interface CounterSeries {
  /**
   * Adds to the total.
   * @param value 0 or more, 1 by default
   * @throws NarthexError `NARTHEX_VALUE_INVALID` where it is negative, not finite or not a number
   */
  inc(value?: number): void;
}

/**
 * A value that only goes up: requests, errors, bytes sent.
 *
 * @example
 * const posted = metrics.counter({ name: "articles_posted", help: "Articles.", labels: ["category"] });
 * posted.inc({ category: "news" });
 * const news = posted.labels({ category: "news" });
 * news.inc(2);
 */
export interface LabelledCounter<L extends string> {
  /** Adds to the total of a label set. */
  inc(labels: Labels<L>, value?: number): void;
  /** The series of a label set: hold it where speed matters. */
  labels(labels: Labels<L>): CounterSeries;
  /** Removes the series of a label set; says whether there was one. */
  remove(labels: Labels<L>): boolean;
  /** Removes all series. */
  clear(): void;
}

/** A counter without labels. */
export interface PlainCounter extends CounterSeries {
  labels(labels?: Readonly<Record<string, never>>): CounterSeries;
  remove(): boolean;
  clear(): void;
}

export type Counter<L extends string = never> = [L] extends [never]
  ? PlainCounter
  : LabelledCounter<L>;

export class CounterInstrument extends CollectedInstrument<HeldCounter> {
  constructor(options: CounterOptions<string>, context: RegistryContext) {
    super(define("counter", options, context), options.collect);
  }

  inc(labelsOrValue?: unknown, value: unknown = 1): void {
    if (this.only !== undefined) {
      this.only.inc(labelsOrValue as number | undefined);
      return;
    }
    this.check(value);
    const { table, rows } = this;
    const slot = table.slotOf(labelsOrValue as object);
    if (table.expires || table.isOverflow(slot)) table.touch(slot);
    rows.page(slot)[rows.at(slot)]! += value;
  }

  override check(value: unknown): asserts value is number {
    if (!isIncrement(value)) throw this.invalid(value);
  }

  invalid(value: unknown): Error {
    return invalidValue(this.family.name, value, "a counter takes finite numbers from 0 up");
  }

  protected override newSeries(): HeldCounter {
    return new HeldCounter(this);
  }

  protected override write(
    sink: SampleSink,
    head: SeriesHead,
    page: Float64Array,
    at: number,
  ): void {
    sink.counter(head, page[at]!);
  }
}

function isIncrement(value: unknown): value is number {
  return typeof value === "number" && value >= 0 && value < Number.POSITIVE_INFINITY;
}

class HeldCounter extends HeldSeries implements CounterSeries {
  declare protected readonly instrument: CounterInstrument;

  inc(value = 1): void {
    if (!isIncrement(value)) throw this.instrument.invalid(value);
    if (this.watched) this.touch();
    this.page[this.at]! += value;
  }
}

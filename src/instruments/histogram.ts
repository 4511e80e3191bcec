import { invalidValue } from "../errors.ts";
import type { HistogramValue, SampleSink, SeriesHead } from "../model/sample-sink.ts";
import { BucketFinder } from "./bucket-finder.ts";
import { checkBuckets, DEFAULT_BUCKETS } from "./buckets.ts";
import { define, type Labels, type MetricOptions, type RegistryContext } from "./definition.ts";
import { HeldSeries, Instrument } from "./instrument.ts";

export interface HistogramOptions<L extends string> extends MetricOptions<L> {
  /** Upper bounds, finite and ascending; by default the Go client's: 0.005 to 10. */
  readonly buckets?: readonly number[];
}

/** Ends a measurement: observes the seconds since its start, and returns them. */
export type StopTimer = () => number;

/** A histogram's series. */
export interface HistogramSeries {
  /**
   * Counts a value. NaN is counted, in the highest bucket, and makes the sum NaN, as in the Go client.
   * @throws NarthexError `NARTHEX_VALUE_INVALID` where it is not a number
   */
  observe(value: number): void;
  /** Starts to measure a duration; the function it returns observes it, in seconds. */
  startTimer(): StopTimer;
  /** Observes how long `work` takes, in seconds, also where it throws or rejects. */
  time<T>(work: () => T): T;
}

/**
 * How values are distributed: durations, sizes.
 *
 * @example
 * const latency = metrics.histogram({ name: "query_seconds", help: "Queries.", labels: ["op"] });
 * latency.observe({ op: "select" }, 0.012);
 * const rows = await latency.time({ op: "select" }, () => db.query("…"));
 */
export interface LabelledHistogram<L extends string> {
  observe(labels: Labels<L>, value: number): void;
  startTimer(labels: Labels<L>): StopTimer;
  time<T>(labels: Labels<L>, work: () => T): T;
  /** The series of a label set: hold it where speed matters. */
  labels(labels: Labels<L>): HistogramSeries;
  /** Removes the series of a label set; says whether there was one. */
  remove(labels: Labels<L>): boolean;
  /** Removes all series. */
  clear(): void;
}

/** A histogram without labels. */
export interface PlainHistogram extends HistogramSeries {
  labels(labels?: Readonly<Record<string, never>>): HistogramSeries;
  remove(): boolean;
  clear(): void;
}

export type Histogram<L extends string = never> = [L] extends [never]
  ? PlainHistogram
  : LabelledHistogram<L>;

/** A row is one count a bucket (the last for what is above every bound), then the sum. */
export class HistogramInstrument extends Instrument<HeldHistogram> {
  readonly finder: BucketFinder;
  readonly #value: RowValue;

  constructor(options: HistogramOptions<string>, context: RegistryContext) {
    const buckets = options.buckets ?? DEFAULT_BUCKETS;
    checkBuckets(options.name, buckets);
    super(define("histogram", options, context, { buckets }), buckets.length + 2);
    this.finder = new BucketFinder(buckets);
    this.#value = new RowValue([...buckets]);
  }

  observe(labelsOrValue: unknown, value?: unknown): void {
    if (this.only !== undefined) {
      this.only.observe(labelsOrValue as number);
      return;
    }
    if (typeof value !== "number") throw this.invalid(value);
    const { table, rows } = this;
    const slot = table.slotOf(labelsOrValue as object);
    if (table.expires || table.isOverflow(slot)) table.touch(slot);
    this.count(rows.page(slot), rows.at(slot), value);
  }

  count(page: Float64Array, at: number, value: number): void {
    const { finder } = this;
    page[at + finder.find(value)]! += 1;
    page[at + finder.bounds.length + 1]! += value;
  }

  startTimer(labels?: object): StopTimer {
    return this.labels(labels).startTimer();
  }

  time<T>(labelsOrWork: object | (() => T), work?: () => T): T {
    if (this.only !== undefined) return this.only.time(labelsOrWork as () => T);
    return this.labels(labelsOrWork).time(work as () => T);
  }

  invalid(value: unknown): Error {
    return invalidValue(this.family.name, value, "a histogram observes numbers");
  }

  protected override newSeries(): HeldHistogram {
    return new HeldHistogram(this);
  }

  protected override write(
    sink: SampleSink,
    head: SeriesHead,
    page: Float64Array,
    at: number,
  ): void {
    sink.histogram(head, this.#value.of(page, at));
  }
}

class HeldHistogram extends HeldSeries implements HistogramSeries {
  declare protected readonly instrument: HistogramInstrument;

  observe(value: number): void {
    if (typeof value !== "number") throw this.instrument.invalid(value);
    if (this.watched) this.touch();
    this.instrument.count(this.page, this.at, value);
  }

  startTimer(): StopTimer {
    const start = performance.now();
    return () => {
      const seconds = (performance.now() - start) / 1000;
      this.observe(seconds);
      return seconds;
    };
  }

  time<T>(work: () => T): T {
    const end = this.startTimer();
    let result: T;
    try {
      result = work();
    } catch (error) {
      end();
      throw error;
    }
    if (isThenable(result)) return settled(result, end) as T;
    end();
    return result;
  }
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return (
    typeof value === "object" &&
    value !== null &&
    "then" in value &&
    typeof value.then === "function"
  );
}

/** Calls `then` once only: a query builder's `then` runs the query. */
function settled<T>(promise: PromiseLike<T>, end: StopTimer): PromiseLike<T> {
  return promise.then(
    (result) => {
      end();
      return result;
    },
    (error: unknown) => {
      end();
      throw error;
    },
  );
}

/** The row under the pen, as a sink reads it. */
class RowValue implements HistogramValue {
  readonly bounds: readonly number[];
  #page: Float64Array = new Float64Array();
  #at = 0;

  constructor(bounds: readonly number[]) {
    this.bounds = bounds;
  }

  of(page: Float64Array, at: number): this {
    this.#page = page;
    this.#at = at;
    return this;
  }

  bucketCount(i: number): number {
    return this.#page[this.#at + i]!;
  }

  exemplar(): undefined {
    return undefined;
  }

  get count(): number {
    let count = 0;
    for (let i = 0; i <= this.bounds.length; i += 1) count += this.bucketCount(i);
    return count;
  }

  get native(): undefined {
    return undefined;
  }

  get sum(): number {
    return this.#page[this.#at + this.bounds.length + 1]!;
  }
}

import type { Family } from "./family.ts";
import type { HistogramShape, SeriesRun } from "./series-run.ts";

/**
 * What a sink gets of a series besides its value. Sources may reuse one object for all their series,
 * so a sink must not keep it after the call.
 */
export interface SeriesHead {
  /**
   * The same array for all series with the same names, so that a sink can cache what it made of
   * them.
   */
  readonly labelNames: readonly string[];
  /** The values, in the order of `labelNames`. Each read may build a new array. */
  readonly labelValues: readonly string[];
  /** When counting began, in seconds since the epoch; NaN where that is not known. */
  readonly created: number;
  /** When the value was taken, in seconds since the epoch; NaN for the time of the scrape. */
  readonly timestamp: number;
  /**
   * With `slot` and `tenancy` this identifies the series, so that a sink can cache its encoded labels.
   * Undefined for a series that should not be cached.
   */
  readonly table?: object | undefined;
  /** The place of the series in the table. When the series goes, another one can use it. */
  readonly slot: number;
  /** Tells apart the series that use a slot one after another. */
  readonly tenancy: number;
  /** The run of series that this one is part of; undefined for a series that should not be cached. */
  readonly run?: SeriesRun | undefined;
}

/**
 * The head of a series of a source of your own.
 *
 * @param times in seconds since the epoch
 * @example
 * sink.gauge(seriesHead(["queue"], ["mail"]), 3);
 */
export function seriesHead(
  labelNames: readonly string[],
  labelValues: readonly string[],
  { created = Number.NaN, timestamp = Number.NaN }: { created?: number; timestamp?: number } = {},
): SeriesHead {
  return { labelNames, labelValues, created, timestamp, table: undefined, slot: 0, tenancy: 0 };
}

/**
 * An example of an observation; its labels usually have the id of the trace in which it was made.
 */
export interface Exemplar {
  /** What tells this observation from others, such as `trace_id`. */
  readonly labels: Readonly<Record<string, string>>;
  /** What was observed; for a counter, what was added. */
  readonly value: number;
  /** When it was observed, in seconds since the epoch; NaN where that is not known. */
  readonly timestamp: number;
}

/** A run of adjacent buckets. */
export interface BucketSpan {
  /** The index of the first bucket in the first span; the gap before the span in the others. */
  readonly offset: number;
  /** How many buckets the span has. */
  readonly length: number;
}

/** The populated buckets of either the positive or the negative values. */
export interface NativeBuckets {
  /** Where the buckets are, in ascending order of their indexes. */
  readonly spans: readonly BucketSpan[];
  /** The absolute count of each bucket in the spans. */
  readonly counts: readonly number[];
}

/**
 * The native side of a histogram: bucket `i` of schema `s` ends at `2 ** (i * 2 ** -s)`. Count and
 * sum are in the `HistogramValue`.
 */
export interface NativeHistogram {
  /** The resolution, from -4 (coarse) to 8 (fine). */
  readonly schema: number;
  /** Values of at most this size are in the zero bucket. */
  readonly zeroThreshold: number;
  /** How many values are in the zero bucket. */
  readonly zeroCount: number;
  /** The buckets of positive values. */
  readonly positive: NativeBuckets;
  /** The buckets of negative values, by their absolute size. */
  readonly negative: NativeBuckets;
  /** Examples of what was observed, in no particular bucket. */
  readonly exemplars: readonly Exemplar[];
}

/** A sum of values that were observed, and whole nanoseconds that were clocked, which are exact. */
export type SumParts = readonly [observed: number, nanoseconds: number];

/** One series of a histogram: its classic buckets, and the native ones if it has any. */
export interface HistogramValue {
  /**
   * Upper bounds of the classic buckets in ascending order, without +Inf. Sinks cache what they make
   * of the array, so it must not change.
   */
  readonly bounds: readonly number[];
  /**
   * Observations in classic bucket `i` alone (not cumulative); at `bounds.length` those above all
   * bounds.
   */
  bucketCount(i: number): number;
  /** The newest exemplar of classic bucket `i`. */
  exemplar(i: number): Exemplar | undefined;
  /** How many values were observed. */
  readonly count: number;
  /** Undefined if the source has none; text formats then leave out the count, too. */
  readonly sum: number | undefined;
  /** What `sum` is rounded from, where the source has clocked durations itself. */
  readonly sumParts?: SumParts | undefined;
  /** The native buckets; undefined if there are only classic ones. */
  readonly native: NativeHistogram | undefined;
}

/** How the values in the window of a summary are distributed, in a form that can be added up. */
export interface SummarySketch {
  /** The lowest and the highest value: Infinity and -Infinity if there is none. */
  readonly range: readonly [lowest: number, highest: number];
  /**
   * Each part is an octave of values (the upper 12 bits of doubles), and then its populated buckets: for each of
   * them its number, and how many values it has.
   */
  readonly octaves: readonly (readonly number[])[];
}

/** One series of a summary. */
export interface SummaryValue {
  /** Such as 0.5 and 0.99. Sinks cache what they make of the array, so it must not change. */
  readonly quantiles: readonly number[];
  /** The value of `quantiles[i]`; NaN if nothing was observed. */
  quantile(i: number): number;
  /** How many values were observed; undefined if the source has no count. */
  readonly count: number | undefined;
  /** The sum of all values; undefined if the source has none. */
  readonly sum: number | undefined;
  /** What `sum` is rounded from, where the source has clocked durations itself. */
  readonly sumParts?: SumParts | undefined;
  /** What the quantiles are computed from; undefined if the source has only the quantiles. */
  readonly sketch?: SummarySketch | undefined;
}

/** One series of a state set. */
export interface StateSetValue {
  /** Sinks cache what they make of the array, so it must not change. */
  readonly states: readonly string[];
  /** Whether `states[i]` is on. */
  isSet(i: number): boolean;
}

/**
 * Where samples go: text, protobuf, a remote server. A source calls `family`, then one method for
 * each series of that family, then the next `family`. Heads and values are only valid during the call.
 */
export interface SampleSink {
  /** Whether each number has a line of its own, so that a summary may lack its count or its sum. */
  readonly hasLines?: boolean;
  /** Begins a family; the series that follow are its own. */
  family(family: Family): void;
  /** The total of a series so far, and the newest example of what was counted. */
  counter(head: SeriesHead, value: number, exemplar?: Exemplar): void;
  /** The value that a series has now. */
  gauge(head: SeriesHead, value: number): void;
  /** For families of type `histogram` and `gaugehistogram`. */
  histogram(head: SeriesHead, value: HistogramValue): void;
  /** Quantiles, count and sum of a series. */
  summary(head: SeriesHead, value: SummaryValue): void;
  /** The labels are the information; formats that need a number write 1. */
  info(head: SeriesHead): void;
  /** Which states of a series are on. */
  stateSet(head: SeriesHead, value: StateSetValue): void;
  /** A value of which nobody knows what it is: it may go up and down. */
  unknown(head: SeriesHead, value: number): void;
  /**
   * Writes a run of counters or gauges in one loop, from the first one on. A sink without this method gets
   * each series by a call of its own.
   *
   * @returns the first slot that it has not written; `run.to` if it wrote all. It may stop after so many bytes,
   *   so that the visit can pause. If it wrote nothing, the first series gets a call of the methods above.
   */
  numbers?(run: SeriesRun): number;
  /** The same for histograms. */
  histograms?(run: SeriesRun, shape: HistogramShape): number;
}

/** What a callback gets that runs at scrape time. */
export interface CollectContext {
  /** Aborted when the deadline of the scrape has passed: a later result is not used. */
  readonly signal: AbortSignal;
}

/** Where samples come from: an instrument, a collector, a snapshot, a parsed page. */
export interface MetricSource {
  /**
   * Called before the visit, to fetch what will be exposed; it may be asynchronous. If it throws,
   * rejects or is late, there is no visit.
   */
  collect?(context: CollectContext): unknown;
  /**
   * Calls the sink for everything there is to expose. It may be a generator that yields between
   * series wherever the visit may pause, so that a long visit does not block the event loop.
   */
  visit(sink: SampleSink): Iterable<void> | void;
}

import type { Exemplar } from "./exemplar.ts";
import type { Family } from "./family.ts";
import type { NativeHistogram } from "./native-histogram.ts";

/**
 * What a sink is told of a series besides its value. A source may reuse one object for all its
 * series: read it during the call, do not keep it.
 */
export interface SeriesHead {
  /** One array for all series that have the same names, so that a sink can keep what it made of them. */
  readonly labelNames: readonly string[];
  /** The values, in the order of `labelNames`. May be built anew on each read. */
  readonly labelValues: readonly string[];
  /** When counting began, in seconds since the epoch; NaN where that is not known. */
  readonly created: number;
  /** When the value was taken, in seconds since the epoch; NaN means now, the time of the scrape. */
  readonly timestamp: number;
  /**
   * The table that the series lives in, so that a sink can keep what it encoded of the labels, by
   * slot and tenancy (a slot has one tenant after the other); undefined where there is no such table.
   */
  readonly table?: object | undefined;
  readonly slot: number;
  readonly tenancy: number;
}

/**
 * The head of a series that lives in no table.
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
  return { labelNames, labelValues, created, timestamp, slot: 0, tenancy: 0 };
}

/** One series of a histogram: its classic buckets, and its native ones where it has them. */
export interface HistogramValue {
  /**
   * Upper bounds of the classic buckets in ascending order, without +Inf. Sinks keep what they made
   * of the array, so it must not change.
   */
  readonly bounds: readonly number[];
  /** Observations in classic bucket `i` alone; at `bounds.length` those above every bound. */
  bucketCount(i: number): number;
  /** The newest exemplar of classic bucket `i`. */
  exemplar(i: number): Exemplar | undefined;
  readonly count: number;
  /** Undefined where the source has none; text formats then leave out the count, too. */
  readonly sum: number | undefined;
  readonly native: NativeHistogram | undefined;
}

/** One series of a summary. */
export interface SummaryValue {
  /** An array that must not change. */
  readonly quantiles: readonly number[];
  /** The value of `quantiles[i]`; NaN where nothing was observed. */
  quantile(i: number): number;
  readonly count: number | undefined;
  readonly sum: number | undefined;
}

/** One series of a state set. */
export interface StateSetValue {
  /** An array that must not change. */
  readonly states: readonly string[];
  isSet(i: number): boolean;
}

/**
 * Where samples go: text, protobuf, a remote. The calls come family by family, and within a family
 * series by series, each as one call, so that what belongs together stays together. Values and
 * heads are only valid during the call.
 */
export interface SampleSink {
  family(family: Family): void;
  counter(head: SeriesHead, value: number, exemplar?: Exemplar): void;
  gauge(head: SeriesHead, value: number): void;
  /** Of families of type `histogram` and `gaugehistogram`. */
  histogram(head: SeriesHead, value: HistogramValue): void;
  summary(head: SeriesHead, value: SummaryValue): void;
  /** The labels are the information; where a format wants a number, it is 1. */
  info(head: SeriesHead): void;
  stateSet(head: SeriesHead, value: StateSetValue): void;
  unknown(head: SeriesHead, value: number): void;
}

/** What something is told that is read at scrape time. */
export interface CollectContext {
  /** Aborted when the scrape's deadline has passed; what comes later is not used. */
  readonly signal: AbortSignal;
}

/**
 * Where samples come from: an instrument, a collector, a snapshot, a parsed page. `visit` may be a
 * generator; then it yields between series wherever the visit may pause, so that a long one need
 * not block the event loop.
 */
export interface MetricSource {
  /**
   * Called before the visit, where what is exposed must be fetched first; it may be asynchronous. If
   * it throws, rejects or is late, there is no visit.
   */
  collect?(context: CollectContext): unknown;
  visit(sink: SampleSink): Iterable<void> | void;
}

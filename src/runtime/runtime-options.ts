/**
 * What can be chosen from:
 * - `version`: `nodejs_version_info`
 * - `process`: `process_*`, that is start time, CPU, memory and file descriptors; those that only
 *   Linux's `/proc` tells are left out elsewhere
 * - `heap`: `nodejs_heap_*` and `nodejs_external_memory_bytes`
 * - `gc`: `nodejs_gc_duration_seconds`
 * - `active-resources`: `nodejs_active_resources` and its total; `nodejs_active_handles` and
 *   `nodejs_active_requests`, which other clients have, need functions that Node deprecates
 * - `event-loop`: `nodejs_eventloop_*`. Lag is how much later than due a timer came, seen since the
 *   scrape before the last; `nodejs_eventloop_lag_seconds` is one turn of the loop, during the scrape
 */
export type RuntimeGroup =
  | "version"
  | "process"
  | "heap"
  | "gc"
  | "active-resources"
  | "event-loop";

export interface RuntimeOptions {
  /** The groups that are wanted; by default all. */
  readonly only?: readonly RuntimeGroup[];
  /**
   * How often the event loop's lag is sampled, in whole milliseconds; 10 by default. Each sample wakes
   * the process: an idle one then uses about 0.7 % of a core, and 0.1 % at 100.
   */
  readonly eventLoopPrecisionMs?: number;
  /** Upper bounds of `nodejs_gc_duration_seconds`, in seconds; 0.001 to 5 by default. */
  readonly gcBuckets?: readonly number[];
}

/** The options that a collector needs, complete. */
export type RuntimeSettings = Required<Omit<RuntimeOptions, "only">>;

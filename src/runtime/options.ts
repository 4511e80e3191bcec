import { invalidSetting } from "../errors.ts";
import type { LabelValue } from "../instruments/definition/labels.ts";
import { type Advice, type Complete, knownOptions, type OptionNames } from "../options.ts";

/**
 * - `version`: `nodejs_version_info`
 * - `process`: `process_*`, that is start time, CPU, memory and file descriptors; outside Linux those
 *   that need `/proc` are left out
 * - `heap`: `nodejs_heap_*` and `nodejs_external_memory_bytes`
 * - `gc`: `nodejs_gc_duration_seconds`
 * - `active-resources`: `nodejs_active_resources` and its total; `nodejs_active_handles` and
 *   `nodejs_active_requests`, which other clients have, need functions that Node deprecates
 * - `event-loop`: `nodejs_eventloop_*`. Lag is how late timers fired since the scrape before the last;
 *   `nodejs_eventloop_lag_seconds` is one turn of the loop, during the scrape
 */
export type RuntimeGroup =
  | "version"
  | "process"
  | "heap"
  | "gc"
  | "active-resources"
  | "event-loop";

/**
 * In the order in which the groups start. The event loop comes last: measuring its lag takes an
 * immediate, which would count as an active resource.
 */
const GROUPS: readonly RuntimeGroup[] = [
  "version",
  "process",
  "heap",
  "gc",
  "active-resources",
  "event-loop",
];

/** Which runtime metrics there are, and how they are called. */
export interface RuntimeOptions {
  /** The groups to collect; all by default. */
  readonly only?: readonly RuntimeGroup[] | undefined;
  /**
   * How often the event loop's lag is sampled, in whole milliseconds; 10 by default. Each sample wakes
   * the process: an idle one then uses about 0.7 % of a core, and 0.1 % at 100.
   */
  readonly eventLoopPrecisionMs?: number | undefined;
  /** Upper bounds of `nodejs_gc_duration_seconds`, in seconds; 0.001 to 5 by default. */
  readonly gcBuckets?: readonly number[] | undefined;
  /** What the names of all metrics begin with, such as `articles_`; nothing by default. */
  readonly prefix?: string | undefined;
  /** Labels on every series of these metrics, beside the registry's own; none by default. */
  readonly labels?: Readonly<Record<string, LabelValue>> | undefined;
}

const NAMES: OptionNames<RuntimeOptions> = {
  only: true,
  eventLoopPrecisionMs: true,
  gcBuckets: true,
  prefix: true,
  labels: true,
};

/** What the options of prom-client's collectDefaultMetrics are called here. */
const ADVICE: Advice = {
  register: "give the registry as the first argument",
  registry: "give the registry as the first argument",
  gcDurationBuckets: "use gcBuckets",
  eventLoopMonitoringPrecision: "use eventLoopPrecisionMs",
  timeout: "leave it out, as values are read when they are scraped",
};

/** The options that a user gave. Throws where one is not known. */
export function runtimeOptions(options: RuntimeOptions): RuntimeOptions {
  return knownOptions("collectRuntime", options, NAMES, ADVICE);
}

/** The options, checked and complete. */
export type RuntimeSettings = Complete<RuntimeOptions>;

/** Checks all options but the buckets, which the histogram checks. */
export function runtimeSettings(options: RuntimeOptions): RuntimeSettings {
  const {
    only = GROUPS,
    eventLoopPrecisionMs = 10,
    gcBuckets = [0.001, 0.01, 0.1, 1, 2, 5],
    prefix = "",
    labels = {},
  } = options;
  const rule = `use an array with some of ${GROUPS.map((group) => `"${group}"`).join(", ")}`;
  if (!Array.isArray(only)) throw invalid("only", only, rule);
  for (const group of only) if (!GROUPS.includes(group)) throw invalid("only", group, rule);
  if (!(Number.isInteger(eventLoopPrecisionMs) && eventLoopPrecisionMs > 0)) {
    throw invalid(
      "eventLoopPrecisionMs",
      eventLoopPrecisionMs,
      "use a whole number of milliseconds from 1",
    );
  }
  if (typeof prefix !== "string") throw invalid("prefix", prefix, "use a string such as articles_");
  return {
    only: [...new Set(only)],
    eventLoopPrecisionMs,
    gcBuckets,
    prefix,
    labels: checkedLabels(labels),
  };
}

function checkedLabels(labels: unknown): Readonly<Record<string, LabelValue>> {
  if (typeof labels !== "object" || labels === null || Array.isArray(labels)) {
    throw invalid("labels", labels, "use an object of label values");
  }
  for (const [name, value] of Object.entries(labels)) {
    if (["string", "number", "boolean"].includes(typeof value)) continue;
    throw invalid(`labels.${name}`, value, "use a string, a number or a boolean");
  }
  return { ...labels };
}

function invalid(option: string, value: unknown, rule: string): Error {
  return invalidSetting("collectRuntime", option, value, rule);
}

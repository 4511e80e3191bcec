import { invalidOption, noMetricOptions, show } from "../errors.ts";
import type { Family, MetricType } from "../model/family.ts";
import { checkLegacyLabelNames, checkLegacyMetricName } from "../model/legacy-names.ts";
import { checkLabelNames, checkMetricName } from "../model/names.ts";
import type { Clock } from "../series/series-table.ts";
import type { ExemplarSource } from "./exemplars.ts";
import { type Advice, isObject, knownOptions, type OptionNames, ownOptions } from "./options.ts";
import type { WrongUpdates } from "./wrong-updates.ts";

const DEFAULT_LIMIT = 10_000;

/** A value that a label can have; numbers and booleans become text. */
export type LabelValue = string | number | boolean;

/** A label set: one value for each of the metric's label names. */
export type Labels<L extends string> = { readonly [Name in L]: LabelValue };

/** The methods that every metric with labels has besides its updates. */
export interface LabelledFamily<L extends string, Series> {
  /**
   * The series of a label set, which is on the page from now on. Keep it if speed matters: its updates
   * need no lookup. If the labels are wrong, updates of the series are wrong.
   * @throws NarthexError only in a strict registry: `NARTHEX_LABELS_MISMATCH` if these are not exactly the
   * metric's labels; `NARTHEX_LABEL_VALUE_INVALID` if a value is not a string, number or boolean
   *
   * @example
   * const news = posted.labels({ category: "news" });
   * news.inc();
   */
  labels(labels: Labels<L>): Series;
  /**
   * Removes the series of a label set; returns whether there was one.
   *
   * @example
   * posted.remove({ category: "news" });
   */
  remove(labels: Labels<L>): boolean;
  /**
   * Removes all series. Updates of series that are held go nowhere from then on.
   *
   * @example
   * posted.clear();
   */
  clear(): void;
  /**
   * Sets all series to zero, and keeps them. They begin now, and series that are held go on counting.
   *
   * @example
   * const orders = registry.counter({ name: "orders", help: "Orders.", labels: ["plan"] });
   * orders.reset(); // before a test, so that it begins at zero
   */
  reset(): void;
}

/** The methods that every metric without labels has besides its updates. */
export interface PlainFamily<Series> {
  /** The only series of the metric, for code that treats all metrics alike. */
  labels(labels?: Readonly<Record<string, never>>): Series;
  /** Resets the metric to zero. */
  remove(): boolean;
  /**
   * Resets the metric to zero.
   *
   * @example
   * const size = metrics.gauge({ name: "cache_bytes", help: "Size of the cache." });
   * size.set(2048);
   * size.clear();
   */
  clear(): void;
  /** Resets the metric to zero. */
  reset(): void;
}

/** The options that all metric types have. */
export interface MetricOptions<L extends string> {
  /** Letters, digits, underscores and colons; exposition adds `_total` to a counter's. See `utf8`. */
  readonly name: string;
  /** Explains the metric to those who read the page. */
  readonly help: string;
  /** The label names: each series has a value for each of them. */
  readonly labels?: readonly L[] | undefined;
  /** A unit in the plural, such as `seconds` or `bytes`; the name must end in it. */
  readonly unit?: string | undefined;
  /**
   * How many series the family may have, 10,000 by default. All label sets past the limit share one
   * series, whose label values are `_other`, so sums stay exact. `Infinity` for no limit.
   */
  readonly limit?: number | undefined;
  /** Drops series that have not been updated for this many seconds; by default none. */
  readonly expireAfterSeconds?: number | undefined;
  /**
   * Allows names of the metric and its labels with any characters, such as `http.requests`; by default as
   * the registry. Prometheus 3 knows them in quotes, `{"http.requests"}`; older servers, and pages of
   * the old text format, have underscores for all that is no letter or digit.
   */
  readonly utf8?: boolean | undefined;
  /** Label sets that are on the page from the start, at zero. */
  readonly initial?:
    | readonly ([L] extends [never] ? Readonly<Record<string, never>> : Labels<NoInfer<L>>)[]
    | undefined;
}

export const METRIC_OPTIONS: OptionNames<MetricOptions<string>> = {
  name: true,
  help: true,
  labels: true,
  unit: true,
  limit: true,
  expireAfterSeconds: true,
  utf8: true,
  initial: true,
};

/** What options of prom-client, OpenTelemetry and the clients of other languages are called here. */
const ADVICE: Advice = {
  labelNames: "use labels",
  labelnames: "use labels",
  description: "use help",
  documentation: "use help",
  percentiles: "use quantiles",
  objectives: "use quantiles",
  advice: "use buckets",
  ageBuckets: "leave it out, as the window always moves in five steps",
  pruneAgedBuckets: "leave it out, or use expireAfterSeconds",
  aggregator: "leave it out, as each process has a page of its own",
  enableExemplars: "leave it out, as every counter and histogram takes exemplars",
  registers: "call this method of the registry that is to have the metric",
  registry: "call this method of the registry that is to have the metric",
  prefix: "begin the name with it",
  namespace: "begin the name with it",
  subsystem: "begin the name with it",
  constLabels: "use the option labels of new Registry",
};

/**
 * The options of a metric as a user gave them. Throws where they are no object, or one is not known.
 *
 * @param method the method of the registry that was called
 */
export function metricOptions<Options extends { readonly name: string }>(
  method: string,
  options: Options,
  names: OptionNames<Options>,
): Options {
  if (!isObject(options)) throw noMetricOptions(method, options);
  const { name } = ownOptions(options);
  return knownOptions(
    typeof name === "string" ? `Metric ${show(name)}` : `${method}()`,
    options,
    names,
    ADVICE,
  );
}

/** What an instrument gets from its registry. */
export interface RegistryContext extends Clock {
  /** Read at each visit, as `setLabels` may replace them before the first one. */
  readonly constantLabels: {
    readonly names: readonly string[];
    readonly values: readonly string[];
  };
  /** Whether names may have any characters. */
  readonly utf8: boolean;
  readonly exemplars: ExemplarSource;
  readonly wrongUpdates: WrongUpdates;
  /** Is called when an update goes to the overflow series of a metric. */
  readonly onOverflow: (metric: string) => void;
  /** Is called when the callback of a metric has given a label set twice. */
  readonly onDuplicate: (metric: string, labels: object) => void;
  /** Is called when a histogram or a summary has observed NaN. */
  readonly onNaN: (metric: string) => void;
}

/** The options of a metric, checked and complete. */
export interface Definition extends RegistryContext {
  readonly family: Family;
  readonly labelNames: readonly string[];
  readonly limit: number;
  readonly expireAfterMs: number;
  /** The text of all options that two definitions of a metric must agree on; errors show it. */
  readonly signature: string;
}

/**
 * Checks the options that all metric types have.
 *
 * @param extra options of one type, for the signature
 */
export function define<L extends string>(
  type: MetricType,
  options: MetricOptions<L>,
  context: RegistryContext,
  extra: Readonly<Record<string, unknown>> = {},
): Definition {
  const own = ownOptions(options);
  const { help, unit, labels = [], limit = DEFAULT_LIMIT, expireAfterSeconds } = own;
  const { utf8 = context.utf8 } = own;
  checkMetricName(options.name);
  const name = type === "counter" ? options.name.replace(/(?<=.)_total$/, "") : options.name;
  if (typeof help !== "string") throw invalidOption(name, "help", help, "use a string");
  checkUnit(name, unit);
  if (!Array.isArray(labels)) throw invalidOption(name, "labels", labels, "use an array of names");
  checkLabels({ name, type }, [...context.constantLabels.names, ...labels]);
  if (typeof utf8 !== "boolean") throw invalidOption(name, "utf8", utf8, "use true or false");
  const family = ownOptions({ name, help, type, ...(unit === undefined ? {} : { unit }) });
  if (!utf8) {
    checkLegacyMetricName(family);
    checkLegacyLabelNames(name, labels);
  }
  if (limit !== Number.POSITIVE_INFINITY && !(Number.isInteger(limit) && limit > 0)) {
    throw invalidOption(name, "limit", limit, "use a whole number from 1, or Infinity");
  }
  if (expireAfterSeconds !== undefined && !(expireAfterSeconds > 0)) {
    throw invalidOption(name, "expireAfterSeconds", expireAfterSeconds, "use a number above 0");
  }
  return {
    ...context,
    family,
    utf8,
    labelNames: [...labels],
    limit,
    expireAfterMs: (expireAfterSeconds ?? 0) * 1000,
    signature: JSON.stringify(
      { type, name, help, unit, labels, limit, expireAfterSeconds, ...extra },
      // JSON would write infinity as null.
      (_key, value) => (value === Number.POSITIVE_INFINITY ? "Infinity" : value),
    ),
  };
}

/** Throws unless a metric can have these labels, constant ones and its own, beside each other. */
export function checkLabels(
  { name, type }: Pick<Family, "name" | "type">,
  labelNames: readonly string[],
): void {
  checkLabelNames(name, labelNames, type === "stateset" ? name : RESERVED[type]);
}

/** Labels that the samples of a type have by themselves. */
const RESERVED: { readonly [Type in MetricType]?: string } = {
  histogram: "le",
  summary: "quantile",
};

function checkUnit(name: string, unit: unknown): void {
  if (unit === undefined) return;
  if (typeof unit !== "string" || !/^[a-zA-Z0-9_]+$/.test(unit)) {
    throw invalidOption(name, "unit", unit, "use letters, digits and underscores");
  }
  if (!name.endsWith(`_${unit}`)) {
    throw invalidOption(name, "unit", unit, `the name must end in it, as in ${name}_${unit}`);
  }
}

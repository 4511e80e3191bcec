import { noMetricOptions, show } from "../../errors.ts";
import {
  type Advice,
  isObject,
  knownOptions,
  type OptionNames,
  ownOptions,
} from "../../options.ts";
import type { DeclaredLabels, LabelName, Labels, TypesOf } from "./labels.ts";

/** The options that all metric types have. */
export interface MetricOptions<L extends DeclaredLabels> {
  /** Letters, digits, underscores and colons; exposition adds `_total` to a counter's. See `utf8`. */
  readonly name: string;
  /** Explains the metric to those who read the page. */
  readonly help: string;
  /**
   * The label names: each series has a value for each of them. Or an object of names with the values
   * that the label may have, which makes it a *closed* label, or with `String` for any.
   *
   * Other values of a closed label do not compile; an update with one is wrong. Values are declared and
   * typed as strings; where JavaScript gives a number or a boolean, its text counts. Where all labels are
   * closed, their series are there at zero from the start, at most `limit` of them, and stay: such a
   * metric has no `collect` and no `expireAfterSeconds`.
   *
   * @example
   * const jobs = metrics.counter({
   *   name: "jobs",
   *   help: "Jobs.",
   *   labels: { outcome: ["ok", "failed"], queue: String },
   * });
   * jobs.inc({ outcome: "ok", queue: "mail" });
   */
  readonly labels?: readonly L[] | (L & object) | undefined;
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
    | readonly ([LabelName<TypesOf<NoInfer<L>>>] extends [never]
        ? Readonly<Record<string, never>>
        : Labels<TypesOf<NoInfer<L>>>)[]
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

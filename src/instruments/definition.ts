import { invalidOption } from "../errors.ts";
import type { Family, MetricType } from "../model/family.ts";
import { checkLabelNames, checkMetricName } from "../model/names.ts";
import type { ExemplarSource } from "./exemplars.ts";

const DEFAULT_LIMIT = 10_000;

/** What a label can be given; numbers and booleans become text. */
export type LabelValue = string | number | boolean;

/** A label set: one value for each of the metric's label names. */
export type Labels<L extends string> = { readonly [Name in L]: LabelValue };

/** What every metric with labels can do besides its updates. */
export interface LabelledFamily<L extends string, Series> {
  /** The series of a label set: hold it where speed matters. */
  labels(labels: Labels<L>): Series;
  /** Removes the series of a label set; says whether there was one. */
  remove(labels: Labels<L>): boolean;
  /** Removes all series. */
  clear(): void;
}

/** What every metric without labels can do besides its updates. */
export interface PlainFamily<Series> {
  /** Its one series. */
  labels(labels?: Readonly<Record<string, never>>): Series;
  /** Starts again from zero. */
  remove(): boolean;
  /** Starts again from zero. */
  clear(): void;
}

/** The options that all metric types have. */
export interface MetricOptions<L extends string> {
  /** Best of the form `[a-zA-Z_:][a-zA-Z0-9_:]*`; a counter's `_total` may be left out. */
  readonly name: string;
  /** What it measures, for whoever reads the page. */
  readonly help: string;
  /** Label names; each series then has a value for each of them. */
  readonly labels?: readonly L[];
  /** A unit in the plural, such as `seconds` or `bytes`; the name must end in it. */
  readonly unit?: string;
  /**
   * How many series the family may have, 10,000 by default. Label sets past it share one series
   * whose values are all `_other`, so that sums stay exact. `Infinity` lifts it.
   */
  readonly limit?: number;
  /** Drops series that were not updated for this long, in seconds. By default none is dropped. */
  readonly expireAfterSeconds?: number;
  /** Label sets that shall be on the page from the start, at zero. */
  readonly initial?: readonly ([L] extends [never]
    ? Readonly<Record<string, never>>
    : Labels<NoInfer<L>>)[];
}

/** What a registry gives to each of its instruments. */
export interface RegistryContext {
  readonly constantLabels: {
    readonly names: readonly string[];
    readonly values: readonly string[];
  };
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly exemplars: ExemplarSource;
  /** An update of this metric went past its limit. */
  readonly onOverflow: (metric: string) => void;
}

/** A metric's options, checked and complete. */
export interface Definition extends RegistryContext {
  readonly family: Family;
  readonly labelNames: readonly string[];
  readonly limit: number;
  readonly expireAfterMs: number;
  /** All that makes two definitions the same or not, for comparison and for people. */
  readonly signature: string;
}

/** Checks the common options; `extra` is what the type adds to the signature. */
export function define<L extends string>(
  type: MetricType,
  options: MetricOptions<L>,
  context: RegistryContext,
  extra: Readonly<Record<string, unknown>> = {},
): Definition {
  const { help, unit, labels = [], limit = DEFAULT_LIMIT, expireAfterSeconds } = options;
  checkMetricName(options.name);
  const name = type === "counter" ? options.name.replace(/(?<=.)_total$/, "") : options.name;
  if (typeof help !== "string") throw invalidOption(name, "help", help, "use a string");
  checkUnit(name, unit);
  if (!Array.isArray(labels)) throw invalidOption(name, "labels", labels, "use an array of names");
  checkLabelNames(name, [...context.constantLabels.names, ...labels], RESERVED[type] ?? "");
  if (limit !== Number.POSITIVE_INFINITY && !(Number.isInteger(limit) && limit > 0)) {
    throw invalidOption(name, "limit", limit, "use a whole number from 1, or Infinity");
  }
  if (expireAfterSeconds !== undefined && !(expireAfterSeconds > 0)) {
    throw invalidOption(name, "expireAfterSeconds", expireAfterSeconds, "use a number above 0");
  }
  return {
    ...context,
    family: { name, help, type, ...(unit === undefined ? {} : { unit }) },
    labelNames: [...labels],
    limit,
    expireAfterMs: (expireAfterSeconds ?? 0) * 1000,
    signature: JSON.stringify(
      { type, name, help, unit, labels, limit, expireAfterSeconds, ...extra },
      // JSON has no infinity.
      (_key, value) => (value === Number.POSITIVE_INFINITY ? "Infinity" : value),
    ),
  };
}

/** Label names that a type's own samples use. */
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

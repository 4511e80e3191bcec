import { invalidObjective, show, unknownOption } from "../errors.ts";
import { nearMiss } from "../near-miss.ts";
import { knownOptions, type OptionNames } from "../options.ts";

/** A value of a label; numbers and booleans become text. */
type Value = string | number | boolean;

/** Which values of a label are selected: this one, any of these, or all but these. */
export type ValueMatch =
  | Value
  | readonly Value[]
  | {
      /** The value, or the values, that are left out. */
      readonly not: Value | readonly Value[];
    };

/** A metric with the label names `L`, as the registry gives it: a counter, a histogram or a summary. */
export interface SelectableFamily<L extends string> {
  /** The series of a label set. */
  labels(labels: { readonly [Name in L]: Value }): unknown;
}

/** A metric without labels. */
export interface SelectablePlainFamily {
  /** The only series. */
  labels(labels?: Readonly<Record<string, never>>): unknown;
}

/** Which events of a metric are meant. */
export interface EventSelection<L extends string = string> {
  /** The metric, or its name where it was made elsewhere, such as `http_requests`. */
  readonly family: string | SelectableFamily<L> | SelectablePlainFamily;
  /**
   * Which series, by their labels; by default all of them. Of a histogram, `le` selects the observations
   * of at most this size, which must be one of its buckets.
   */
  readonly match?: { readonly [Name in NoInfer<L> | "le"]?: ValueMatch } | undefined;
}

/** The options of `metrics.slo`. */
export interface ObjectiveOptions<Good extends string = string, Total extends string = string> {
  /** Letters, digits, `-` and `_`, as in `article-availability`: rules and panels have it. */
  readonly name: string;
  /** The share of events that should be good, above 0 and below 1, such as 0.999. */
  readonly objective: number;
  /** For how many days the budget of errors has to last: 1 to 90, 30 by default. */
  readonly periodDays?: number | undefined;
  /** What the objective promises, in a sentence: alerts show it. */
  readonly description?: string | undefined;
  /** The events that went well. */
  readonly good: EventSelection<Good>;
  /** All events, the good ones among them. */
  readonly total: EventSelection<Total>;
}

/** A service level objective that was checked: what `metrics.slo` gives and `rules` of `narthex/generate` takes. */
export interface Objective {
  /** Rules and panels have it. */
  readonly name: string;
  /** The share of events that should be good, above 0 and below 1. */
  readonly objective: number;
  /** For how many days the budget of errors has to last. */
  readonly periodDays: number;
  /** What the objective promises; empty if it was not said. */
  readonly description: string;
  /** The events that went well. */
  readonly good: SelectedEvents;
  /** All events, the good ones among them. */
  readonly total: SelectedEvents;
}

/** Events as samples of a page. */
export interface SelectedEvents {
  /** The name of the counter of these events on the page, such as `http_requests_total` or `latency_seconds_bucket`. */
  readonly family: string;
  /** The labels by which they are selected; none for all. */
  readonly match: Readonly<Record<string, ValueMatch>>;
}

/** What has to be known of a metric so that its events can be selected. */
export interface CountedFamily {
  /** With `_total` for a counter. */
  readonly exposedName: string;
  readonly type: string;
  /** Without `le` and `quantile`; undefined where nobody knows them, as no series is there yet. */
  readonly labelNames: readonly string[] | undefined;
  /** The upper bounds of a histogram's classic buckets, without +Inf. */
  readonly buckets: readonly number[];
}

/** Finds a metric, or tells the names of those that there are. */
export interface FamilyFinder {
  find(family: unknown): CountedFamily | undefined;
  names(): readonly string[];
}

const OPTIONS: OptionNames<ObjectiveOptions> = {
  name: true,
  objective: true,
  periodDays: true,
  description: true,
  good: true,
  total: true,
};

const SELECTION: OptionNames<EventSelection> = { family: true, match: true };
const COUNTED = ["counter", "histogram", "summary", "unknown"];

/**
 * Checks an objective, against the metrics that there are.
 *
 * @throws NarthexError `NARTHEX_OPTION_INVALID` with the field, the bad value and the way out
 */
export function checkedObjective<Good extends string, Total extends string>(
  options: ObjectiveOptions<Good, Total> | Objective,
  families: FamilyFinder,
): Objective {
  const given = knownOptions("slo", options as ObjectiveOptions, OPTIONS);
  const { name, objective, periodDays = 30, description = "" } = given;
  if (typeof name !== "string" || !/^[a-zA-Z][\w-]*$/.test(name)) {
    const rule = 'use letters, digits, "-" and "_", as in "article-availability"';
    throw invalidObjective(undefined, "name", show(name), rule);
  }
  if (!(typeof objective === "number" && objective > 0 && objective < 1)) {
    throw invalidObjective(name, "objective", show(objective), fractionRule(objective));
  }
  if (!(Number.isInteger(periodDays) && periodDays >= 1 && periodDays <= 90)) {
    throw invalidObjective(name, "periodDays", show(periodDays), "use a whole number from 1 to 90");
  }
  if (typeof description !== "string") {
    throw invalidObjective(name, "description", show(description), "use a string");
  }
  return {
    name,
    objective,
    periodDays,
    description,
    good: selected(name, "good", given.good, families),
    total: selected(name, "total", given.total, families),
  };
}

function fractionRule(objective: unknown): string {
  const isPercentage = typeof objective === "number" && objective > 1 && objective < 100;
  const fraction = isPercentage ? Number((objective / 100).toPrecision(12)) : 0.999;
  return `use a fraction above 0 and below 1, such as ${fraction}`;
}

function selected(
  objective: string,
  field: "good" | "total",
  selection: EventSelection,
  families: FamilyFinder,
): SelectedEvents {
  const where = `Objective ${show(objective)}: ${field}`;
  const { family: given, match = {} } = knownOptions(where, selection, SELECTION);
  const family = families.find(given);
  if (family === undefined) {
    const rule = missingRule(given, families.names());
    throw invalidObjective(objective, `${field}.family`, show(given), rule);
  }
  const { exposedName, type, buckets, labelNames } = family;
  if (!COUNTED.includes(type)) {
    const rule = `it is a ${type}, which counts no events: use a counter or a histogram`;
    throw invalidObjective(objective, `${field}.family`, show(exposedName), rule);
  }
  for (const [label, value] of Object.entries(match)) {
    const path = `${field}.match.${label}`;
    if (label === "le" && type === "histogram") checkBound(objective, path, value, buckets);
    else if (labelNames !== undefined && !labelNames.includes(label)) {
      throw unknownOption(
        `${where}.match of ${exposedName}`,
        label,
        labelNames,
        wayOut(labelNames),
      );
    } else checkValues(objective, path, value);
  }
  const suffix =
    "le" in match ? "_bucket" : type === "counter" || type === "unknown" ? "" : "_count";
  return { family: exposedName + suffix, match: { ...match } as SelectedEvents["match"] };
}

function wayOut(labelNames: readonly string[]): string | undefined {
  return labelNames.length === 0 ? "the metric has no labels" : undefined;
}

function missingRule(given: unknown, names: readonly string[]): string {
  if (typeof given !== "string") return "use a metric of this registry, or its name";
  const meant = nearMiss(given, names);
  return meant === undefined
    ? "there is no such metric: define it before the objective"
    : `there is no such metric: did you mean ${meant}?`;
}

function checkBound(
  objective: string,
  path: string,
  bound: ValueMatch | undefined,
  buckets: readonly number[],
): void {
  if (buckets.some((bucket) => bucket === Number(bound))) return;
  const rule =
    buckets.length === 0
      ? "the histogram has no classic buckets: give it one of this bound"
      : `use a bound of its buckets, ${buckets.join(", ")}, or give it one of this bound`;
  throw invalidObjective(objective, path, show(bound), rule);
}

function checkValues(objective: string, path: string, match: ValueMatch | undefined): void {
  const isNot = typeof match === "object" && match !== null && "not" in match;
  const values = [isNot ? match.not : match].flat();
  const types = ["string", "number", "boolean"];
  if (values.length > 0 && values.every((value) => types.includes(typeof value))) return;
  const rule = 'use a value, an array of values, or { not: … }, as in { not: "error" }';
  throw invalidObjective(objective, path, show(match), rule);
}

import { invalidOption } from "../../errors.ts";
import type { Family, MetricType } from "../../model/family.ts";
import { checkLegacyLabelNames, checkLegacyMetricName } from "../../model/legacy-names.ts";
import { checkLabelNames, checkMetricName } from "../../model/names.ts";
import type { SampleSink } from "../../model/sample-sink.ts";
import { ownOptions } from "../../options.ts";
import type { Clock } from "../../series/series-table.ts";
import type { ExemplarSource } from "../exemplars.ts";
import {
  type ClosedValues,
  checkSeriesCount,
  declaredLabels,
  signatureOf,
} from "./closed-labels.ts";
import type { DeclaredLabels } from "./labels.ts";
import type { MetricOptions } from "./options.ts";
import type { WrongUpdates } from "./wrong-updates.ts";

const DEFAULT_LIMIT = 10_000;

/** What becomes of the counts of series that go, where the registry is part of a group of processes. */
export interface CountKeeper {
  /**
   * A series is about to go, and what it has counted stays.
   *
   * @param write writes the series and its family
   */
  keep(write: (sink: SampleSink) => void): void;
  /** A family is set to zero, and what was kept of its series goes. */
  forget(family: string): void;
}

/** What an instrument gets from its registry. */
export interface RegistryContext extends Clock {
  /** Has the group that the registry is part of, if any. */
  readonly group: { readonly member?: CountKeeper | undefined };
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
  /** The values of each closed label. */
  readonly closed: ClosedValues;
  /** Whether all labels are closed, or there is none: then all series are there from the start, and stay. */
  readonly isFixed: boolean;
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
export function define<L extends DeclaredLabels>(
  type: MetricType,
  options: MetricOptions<L>,
  context: RegistryContext,
  extra: Readonly<Record<string, unknown>> = {},
): Definition {
  const own = ownOptions(options);
  const { help, unit, limit = DEFAULT_LIMIT, expireAfterSeconds } = own;
  const { utf8 = context.utf8 } = own;
  checkMetricName(options.name);
  const isBare = isBareCounter(options.name, ownOptions(extra).bare);
  const name =
    type === "counter" && !isBare ? options.name.replace(/(?<=.)_total$/, "") : options.name;
  if (typeof help !== "string") throw invalidOption(name, "help", help, "use a string");
  checkUnit(name, unit);
  const { names, closed } = declaredLabels(name, own.labels);
  checkLabels({ name, type }, [...context.constantLabels.names, ...names]);
  if (typeof utf8 !== "boolean") throw invalidOption(name, "utf8", utf8, "use true or false");
  const family: Family = ownOptions({
    name,
    help,
    type,
    ...(unit === undefined ? {} : { unit }),
    ...(isBare ? { bare: true } : {}),
    ...(limit !== Number.POSITIVE_INFINITY && { limit }),
  });
  if (!utf8) {
    checkLegacyMetricName(family);
    checkLegacyLabelNames(name, names);
  }
  if (limit !== Number.POSITIVE_INFINITY && !(Number.isInteger(limit) && limit > 0)) {
    throw invalidOption(name, "limit", limit, "use a whole number from 1, or Infinity");
  }
  if (expireAfterSeconds !== undefined && !(expireAfterSeconds > 0)) {
    throw invalidOption(name, "expireAfterSeconds", expireAfterSeconds, "use a number above 0");
  }
  const isFixed = closed.size === names.length;
  const definition = { family, labelNames: names, closed, isFixed };
  if (expireAfterSeconds !== undefined) {
    checkNotFixed(definition, "expireAfterSeconds", expireAfterSeconds);
  }
  if (isFixed) checkSeriesCount(name, closed, limit);
  return {
    ...context,
    ...definition,
    utf8,
    limit,
    expireAfterMs: (expireAfterSeconds ?? 0) * 1000,
    signature: JSON.stringify(
      {
        type,
        name,
        help,
        unit,
        labels: signatureOf(names, closed),
        limit,
        expireAfterSeconds,
        ...extra,
      },
      // JSON would write infinity as null.
      (_key, value) => (value === Number.POSITIVE_INFINITY ? "Infinity" : value),
    ),
  };
}

/** Throws for an option that can't be where all labels are closed. */
export function checkNotFixed(
  { family, labelNames, isFixed }: Pick<Definition, "family" | "labelNames" | "isFixed">,
  option: string,
  value: unknown,
): void {
  if (!isFixed || labelNames.length === 0) return;
  const rule = "leave it out, as all labels are closed, so the series are always there";
  throw invalidOption(family.name, option, value, rule);
}

/** @param bare the option of a counter */
function isBareCounter(name: string, bare: unknown = false): boolean {
  if (typeof bare !== "boolean") throw invalidOption(name, "bare", bare, "use true or false");
  return bare;
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

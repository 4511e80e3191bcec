import {
  invalidLabelName,
  invalidLabelValue,
  invalidOption,
  invalidValue,
  labelsMismatch,
  NOT_EMPTY,
} from "../../errors.ts";
import type { PageSink } from "../../exposition/render.ts";
import type { Family, MetricType } from "../../model/family.ts";
import { checkMetricName, checkStateSetName } from "../../model/names.ts";
import type { SeriesHead } from "../../model/sample-sink.ts";

/** The labels that a type adds to its samples. */
const OWN_LABELS: { readonly [Type in MetricType]?: string } = {
  histogram: "le",
  gaugehistogram: "le",
  summary: "quantile",
};

/** In seconds. In milliseconds it is the first integer that is too large for Prometheus. */
const MAX_TIME = 2 ** 63 / 1000;

/** Throws if the page can not have the family. */
export function checkFamily({ name, type, help, unit }: Family): void {
  checkMetricName(name);
  if (type === "stateset") checkStateSetName(name);
  if (typeof help !== "string") throw invalidOption(name, "help", help, "use a string");
  if (unit !== undefined && !/^[a-zA-Z0-9_:]+$/.test(unit)) {
    throw invalidOption(name, "unit", unit, "use letters, digits, underscores and colons");
  }
}

/**
 * Throws if Prometheus would refuse the label names. Unlike those of the registry's own metrics, they may
 * begin with `__`.
 */
export function checkLabelNames(
  { name, type }: Family,
  labelNames: readonly string[],
  page: PageSink,
): void {
  const seen = new Set<string>();
  const reserved = type === "stateset" ? name : OWN_LABELS[type];
  if (reserved !== undefined) seen.add(page.labelName(reserved));
  for (const label of labelNames) {
    if (typeof label !== "string" || label === "" || !label.isWellFormed()) {
      throw invalidLabelName(name, label, NOT_EMPTY);
    }
    if (label === "__name__") throw invalidLabelName(name, label, "it is the metric's name");
    const escaped = page.labelName(label);
    if (seen.has(escaped)) {
      throw invalidLabelName(name, label, `the series has the label ${escaped} already`);
    }
    seen.add(escaped);
  }
}

/** Throws if the page can not have the series. */
export function checkHead(
  name: string,
  { labelNames, labelValues, created, timestamp }: SeriesHead,
): void {
  if (labelValues.length !== labelNames.length) {
    throw labelsMismatch(name, labelNames, `${labelValues.length} values`);
  }
  for (let i = 0; i < labelValues.length; i += 1) {
    const value: unknown = labelValues[i];
    if (typeof value !== "string") throw invalidLabelValue(name, labelNames[i]!, value);
  }
  checkTime(name, created);
  checkTime(name, timestamp);
  // Prometheus refuses a whole page of text if one of its timestamps is negative.
  if (timestamp < 0) throw invalidValue(name, timestamp, "a timestamp is in seconds since 1970");
}

function checkTime(name: string, time: number): void {
  if (Number.isNaN(time) || (Number.isFinite(time) && time < MAX_TIME)) return;
  throw invalidValue(name, time, "a time is in seconds, or NaN where it is not known");
}

/** The value of a sample; throws if it is not a number. */
export function checkedNumber(name: string, value: unknown): number {
  if (typeof value === "number") return value;
  throw invalidValue(name, value, "use a number");
}

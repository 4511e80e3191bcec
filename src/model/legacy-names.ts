import { utf8LabelName, utf8MetricName } from "../errors.ts";
import { escapeLabelName, escapeMetricName } from "./escaping.ts";
import { exposedName, type Family } from "./family.ts";
import { isLegacyLabelName, isLegacyMetricName } from "./names.ts";

/**
 * Throws if a family has a name that servers know otherwise than people do who read a page in the old
 * text format: their queries would find nothing.
 */
export function checkLegacyMetricName(family: Family): void {
  const { name } = family;
  if (isLegacyMetricName(name)) return;
  throw utf8MetricName(name, exposedName(family), escapeMetricName(name, "underscores"));
}

/** Throws if one of the labels has such a name. */
export function checkLegacyLabelNames(metric: string, names: readonly string[]): void {
  for (const name of names) {
    if (isLegacyLabelName(name)) continue;
    throw utf8LabelName(metric, name, escapeLabelName(name, "underscores"));
  }
}

import { utf8LabelName, utf8MetricName } from "../errors.ts";
import { escapeLabelName, escapeMetricName } from "./escaping.ts";
import { exposedName, type Family } from "./family.ts";
import { isLegacyLabelName, isLegacyMetricName } from "./names.ts";

/**
 * Throws if a family's name has other characters than those of Prometheus 2. Pages in the old text format
 * show such a name with underscores, but Prometheus 3 stores it as it is, so a query copied from such a
 * page would find nothing.
 */
export function checkLegacyMetricName(family: Family): void {
  const { name } = family;
  if (isLegacyMetricName(name)) return;
  const exposed = exposedName(family);
  const [shown, escaped] = [exposed, name].map((text) => escapeMetricName(text, "underscores"));
  throw utf8MetricName(name, exposed, shown!, escaped!);
}

/** Throws if the name of a label has such characters. */
export function checkLegacyLabelNames(metric: string, names: readonly string[]): void {
  for (const name of names) {
    if (isLegacyLabelName(name)) continue;
    throw utf8LabelName(metric, name, escapeLabelName(name, "underscores"));
  }
}

import { invalidLabelName, invalidMetricName, invalidOption } from "../errors.ts";

const LEGACY_METRIC_NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;
const LEGACY_LABEL_NAME = /^[a-zA-Z_][a-zA-Z0-9_]*$/;

/** Whether every Prometheus, however old, understands this metric name as it stands. */
export function isLegacyMetricName(name: string): boolean {
  return LEGACY_METRIC_NAME.test(name);
}

/** Whether every Prometheus, however old, understands this label name as it stands. */
export function isLegacyLabelName(name: string): boolean {
  return LEGACY_LABEL_NAME.test(name);
}

export function checkMetricName(name: unknown): asserts name is string {
  if (typeof name !== "string" || name === "" || !name.isWellFormed())
    throw invalidMetricName(name);
}

/** A state set has a label with the name of the family, and label names can't contain colons. */
export function checkStateSetName(name: string): void {
  if (!name.includes(":")) return;
  throw invalidOption(
    name,
    "name",
    name,
    "a state set's name is a label name, too: leave out colons",
  );
}

/**
 * Throws unless these can be the label names of one metric: any UTF-8, but names that start with two
 * underscores belong to Prometheus itself.
 *
 * @param reserved a name that the type of the metric uses itself
 */
export function checkLabelNames(
  metric: string,
  names: readonly unknown[],
  reserved?: string,
): void {
  const seen = new Set<unknown>();
  for (const name of names) {
    if (typeof name !== "string" || name === "" || !name.isWellFormed()) {
      throw invalidLabelName(metric, name, "use letters, digits and underscores");
    }
    if (name.startsWith("__")) {
      throw invalidLabelName(metric, name, "Prometheus keeps names that start with __ for itself");
    }
    if (name === reserved) {
      throw invalidLabelName(metric, name, "this type of metric uses it itself");
    }
    const escaped = isLegacyLabelName(name)
      ? name
      : name.replace(/[^a-zA-Z0-9_]/gu, "_").replace(/^(?=[0-9])/, "_");
    if (seen.has(escaped) || escaped === reserved) {
      throw invalidLabelName(
        metric,
        name,
        `it is there twice, as an old Prometheus sees ${escaped}`,
      );
    }
    seen.add(escaped);
  }
}

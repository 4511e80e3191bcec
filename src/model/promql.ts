import { formatBound } from "./bound.ts";
import { isLegacyLabelName, isLegacyMetricName } from "./names.ts";
import type { SelectedEvents, ValueMatch } from "./objective.ts";

/** A string of PromQL. */
export function quoted(text: string): string {
  return JSON.stringify(text);
}

/**
 * A selector of PromQL.
 *
 * @param matchers such as `job="articles"`; empty ones are left out
 */
export function selector(name: string, matchers: readonly string[] = []): string {
  const given = matchers.filter((matcher) => matcher !== "");
  if (!isLegacyMetricName(name)) return `{${[quoted(name), ...given].join(", ")}}`;
  return given.length === 0 ? name : `${name}{${given.join(", ")}}`;
}

/** A label where PromQL names one, as in `sum by (…)`. */
export function label(name: string): string {
  return isLegacyLabelName(name) ? name : quoted(name);
}

/** `sum by (…) (…)`, or `sum(…)` where no label remains. */
export function sumBy(labels: readonly string[], query: string): string {
  return labels.length === 0
    ? `sum(${query})`
    : `sum by (${labels.map(label).join(", ")}) (${query})`;
}

/** The selector of an objective's events. */
export function eventsSelector(
  { family, match }: SelectedEvents,
  more: readonly string[] = [],
): string {
  const matchers = Object.entries(match).map(([name, value]) =>
    name === "le" ? boundMatcher(Number(value)) : matcher(name, value),
  );
  return selector(family, [...matchers, ...more]);
}

/** Prometheus 3 stores `le="1.0"`, and older servers what the page has, such as `le="1"`. */
function boundMatcher(bound: number): string {
  const [long, short] = [formatBound(bound), String(bound)];
  return long === short
    ? `le=${quoted(long)}`
    : `le=~${quoted(`${escaped(long)}|${escaped(short)}`)}`;
}

export function matcher(name: string, match: ValueMatch): string {
  const isNot = typeof match === "object" && "not" in match;
  const values = [isNot ? match.not : match].flat().map(String);
  const operator = isNot ? "!" : "=";
  if (values.length === 1) return `${label(name)}${isNot ? "!=" : "="}${quoted(values[0]!)}`;
  return `${label(name)}${operator}~${quoted(values.map(escaped).join("|"))}`;
}

/** A text as a regular expression that matches nothing else. */
function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
}

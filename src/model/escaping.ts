import { isLegacyLabelName, isLegacyMetricName } from "./names.ts";

/**
 * How a page writes names that an old Prometheus does not understand: as they are, or with only the
 * characters that it knows. The scraper asks for one of these schemes.
 */
export type EscapingScheme = "allow-utf-8" | "underscores" | "dots" | "values";

/** The start of every name that was escaped by the scheme `values`. */
const VALUES_PREFIX = "U__";

/** A metric name as a page writes it. Names that every Prometheus understands stay as they are. */
export function escapeMetricName(name: string, scheme: EscapingScheme): string {
  return escaped(name, scheme, isLegacyMetricName);
}

/**
 * A label name as a page writes it: old servers accept no colons in it, unlike in a metric name.
 */
export function escapeLabelName(name: string, scheme: EscapingScheme): string {
  return escaped(name, scheme, isLegacyLabelName);
}

/** Escapes a name as prometheus/common does. */
function escaped(
  name: string,
  scheme: EscapingScheme,
  isLegacy: (name: string) => boolean,
): string {
  if (name === "" || scheme === "allow-utf-8" || isLegacy(name)) return name;
  let text = "";
  for (const char of name) {
    // A name may contain digits, but not start with one.
    const isLegal = isLegacy(text === "" ? char : `_${char}`);
    text += isLegal && char !== "_" ? char : replacement(char, scheme);
  }
  return scheme === "values" ? VALUES_PREFIX + text : text;
}

function replacement(char: string, scheme: "underscores" | "dots" | "values"): string {
  if (scheme === "underscores") return "_";
  if (char === "_") return "__";
  if (scheme === "dots") return char === "." ? "_dot_" : "__";
  return `_${(char.codePointAt(0) as number).toString(16)}_`;
}

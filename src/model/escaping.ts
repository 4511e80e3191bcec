import { isLegacyLabelName, isLegacyMetricName } from "./names.ts";

/**
 * How names that an old Prometheus does not understand are written: as they are, or in its alphabet.
 * The scraper asks for one of these.
 */
export type EscapingScheme = "allow-utf-8" | "underscores" | "dots" | "values";

/** A name under the `values` scheme begins with this, unless it needed no escaping. */
const VALUES_PREFIX = "U__";

/**
 * A name under a scheme, as prometheus/common escapes it: `dots` doubles the underscores of every
 * name. What goes on a page is `escapeMetricName` and `escapeLabelName`.
 */
export function escapeName(name: string, scheme: EscapingScheme): string {
  return escaped(name, scheme, isLegacyMetricName);
}

/** A metric name on a page: one of the old form stays as it is under every scheme. */
export function escapeMetricName(name: string, scheme: EscapingScheme): string {
  return isLegacyMetricName(name) ? name : escaped(name, scheme, isLegacyMetricName);
}

/** A label name on a page: as a metric name, but without colons, which old servers refuse there. */
export function escapeLabelName(name: string, scheme: EscapingScheme): string {
  return isLegacyLabelName(name) ? name : escaped(name, scheme, isLegacyLabelName);
}

/** The name that was escaped; one that no escaping can have made comes back as it is. */
export function unescapeName(name: string, scheme: EscapingScheme): string {
  switch (scheme) {
    case "allow-utf-8":
    case "underscores":
      return name;
    case "dots":
      return name.replaceAll("_dot_", ".").replaceAll("__", "_");
    case "values":
      return valuesUnescaped(name);
  }
}

function escaped(
  name: string,
  scheme: EscapingScheme,
  isLegacy: (name: string) => boolean,
): string {
  if (name === "" || scheme === "allow-utf-8") return name;
  if (scheme !== "dots" && isLegacy(name)) return name;
  let text = "";
  for (const char of name) {
    // Digits are part of a name, but can't begin one.
    const isLegal = isLegacy(text === "" ? char : `_${char}`);
    text += isLegal && char !== "_" ? char : standIn(char, scheme);
  }
  return scheme === "values" ? VALUES_PREFIX + text : text;
}

function standIn(char: string, scheme: "underscores" | "dots" | "values"): string {
  if (scheme === "underscores") return "_";
  if (char === "_") return "__";
  if (scheme === "dots") return char === "." ? "_dot_" : "__";
  return `_${(char.codePointAt(0) as number).toString(16)}_`;
}

function valuesUnescaped(name: string): string {
  if (!name.startsWith(VALUES_PREFIX)) return name;
  let isEscaped = true;
  const text = name.slice(VALUES_PREFIX.length);
  // Up to six digits, where prometheus/common reads five, so that every code point comes back.
  const unescaped = text.replaceAll(/__|_([0-9a-f]{1,6})_|_/gi, (match, digits?: string) => {
    if (match === "__") return "_";
    const code = digits === undefined ? Number.NaN : Number.parseInt(digits, 16);
    if (code < 0xd800 || (code > 0xdfff && code <= 0x10ffff)) return String.fromCodePoint(code);
    isEscaped = false;
    return match;
  });
  return isEscaped ? unescaped : name;
}

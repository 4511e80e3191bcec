import type { EscapingScheme } from "../model/escaping.ts";
import {
  DEFAULT_FORMAT,
  FORMATS,
  type Format,
  type FormatName,
  type Parameters,
} from "./formats.ts";

/** What a scraper gets. */
export interface Negotiated {
  readonly format: FormatName;
  readonly escaping: EscapingScheme;
  /** The response's `Content-Type`. */
  readonly contentType: string;
}

const SCHEMES: ReadonlySet<string> = new Set<EscapingScheme>([
  "allow-utf-8",
  "underscores",
  "dots",
  "values",
]);

const FORMAT_NAMES = Object.keys(FORMATS) as FormatName[];

/** One of the header's clauses, in lower case. */
interface Clause {
  readonly type: string;
  readonly parameters: Parameters;
}

/**
 * The format that suits the scraper best: that of the highest `q`, or the first of equals. A scraper that
 * asks for no format of ours gets text 0.0.4, which all of them read.
 *
 * @param accept the request's `Accept` header
 */
export function negotiate(accept: string | undefined): Negotiated {
  let format = DEFAULT_FORMAT;
  let escaping: EscapingScheme = "underscores";
  let best = 0;
  for (const text of split(accept?.toLowerCase() ?? "", ",")) {
    const { type, parameters } = parseClause(text);
    const offered = FORMAT_NAMES.find((name) => FORMATS[name].accepts(type, parameters));
    const quality = qualityOf(parameters);
    if (offered === undefined || quality <= best) continue;
    best = quality;
    format = offered;
    escaping = escapingOf(parameters, FORMATS[format]);
  }
  return { format, escaping, contentType: FORMATS[format].contentType(escaping) };
}

/** The `q` of a clause, from 0 (refused) to 1. One that is not a number counts as not given. */
function qualityOf(parameters: Parameters): number {
  const quality = Number.parseFloat(parameters.get("q") ?? "1");
  return Number.isNaN(quality) ? 1 : Math.min(quality, 1);
}

/** Prometheus 3.0 asks for UTF-8 names also in formats that have no syntax for them. */
function escapingOf(parameters: Parameters, { hasUtf8Names }: Format): EscapingScheme {
  const asked = parameters.get("escaping") ?? "";
  if (!SCHEMES.has(asked) || (asked === "allow-utf-8" && !hasUtf8Names)) return "underscores";
  return asked as EscapingScheme;
}

/** If a parameter is given twice, the last one counts. */
function parseClause(text: string): Clause {
  const [type = "", ...rest] = split(text, ";");
  const parameters = new Map<string, string>();
  for (const parameter of rest) {
    const equals = parameter.indexOf("=");
    if (equals < 0) continue;
    parameters.set(parameter.slice(0, equals).trim(), unquoted(parameter.slice(equals + 1).trim()));
  }
  return { type: type.replaceAll(/\s/g, ""), parameters };
}

/** The parts between separators that stand outside of quotes. */
function split(text: string, separator: "," | ";"): string[] {
  const parts: string[] = [];
  let begin = 0;
  let isQuoted = false;
  for (let i = 0; i < text.length; i += 1) {
    const char = text[i];
    if (char === '"') {
      isQuoted = !isQuoted;
    } else if (char === "\\" && isQuoted) {
      i += 1;
    } else if (char === separator && !isQuoted) {
      parts.push(text.slice(begin, i));
      begin = i + 1;
    }
  }
  parts.push(text.slice(begin));
  return parts;
}

function unquoted(value: string): string {
  if (value.length < 2 || !value.startsWith('"') || !value.endsWith('"')) return value;
  return value.slice(1, -1).replaceAll(/\\(.)/g, "$1").trim();
}

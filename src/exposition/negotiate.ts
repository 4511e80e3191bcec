import type { EscapingScheme } from "../model/escaping.ts";

/** The formats that a page may have. */
export type ExpositionFormat =
  | "text-0.0.4"
  | "text-1.0.0"
  | "openmetrics-1.0"
  | "openmetrics-2.0"
  | "protobuf";

/** What a scraper gets. */
export interface Negotiated {
  readonly format: ExpositionFormat;
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

/** By version; the empty one stands for none. */
const TEXT_VERSIONS: ReadonlyMap<string, ExpositionFormat> = new Map([
  ["", "text-0.0.4"],
  ["0.0.4", "text-0.0.4"],
  ["1.0.0", "text-1.0.0"],
]);

/**
 * The standard wants 1.0.0 wherever no newer version is asked for: so for 0.0.1 too, a draft that
 * was never published, and that Prometheus reads with the same parser.
 */
const OPENMETRICS_VERSIONS: ReadonlyMap<string, ExpositionFormat> = new Map([
  ["", "openmetrics-1.0"],
  ["0.0.1", "openmetrics-1.0"],
  ["1.0.0", "openmetrics-1.0"],
  ["2.0.0-rc0", "openmetrics-2.0"],
  ["2.0.0", "openmetrics-2.0"],
]);

/** One of the header's clauses, in lower case. */
interface Clause {
  readonly type: string;
  readonly parameters: ReadonlyMap<string, string>;
}

/**
 * The format that suits the scraper best: that of the highest `q`, the first of equals. Whoever asks
 * for nothing that there is gets text 0.0.4, which everybody reads.
 *
 * @param accept the request's `Accept` header
 */
export function negotiate(accept: string | undefined): Negotiated {
  let format: ExpositionFormat = "text-0.0.4";
  let escaping: EscapingScheme = "underscores";
  let best = 0;
  for (const text of split(accept?.toLowerCase() ?? "", ",")) {
    const clause = parseClause(text);
    const offered = formatOf(clause);
    const quality = qualityOf(clause);
    if (offered === undefined || quality <= best) continue;
    best = quality;
    format = offered;
    escaping = escapingOf(clause, format);
  }
  return { format, escaping, contentType: contentTypeOf(format, escaping) };
}

function formatOf({ type, parameters }: Clause): ExpositionFormat | undefined {
  const version = parameters.get("version") ?? "";
  switch (type) {
    case "application/vnd.google.protobuf": {
      const isFamilies = parameters.get("proto") === "io.prometheus.client.metricfamily";
      return isFamilies && parameters.get("encoding") === "delimited" ? "protobuf" : undefined;
    }
    case "application/openmetrics-text":
      return OPENMETRICS_VERSIONS.get(version);
    case "text/plain":
      return TEXT_VERSIONS.get(version);
    case "text/*":
    case "*/*":
      return "text-0.0.4";
    default:
      return undefined;
  }
}

/** From 0, which refuses the format, to 1; what is no number counts as not given. */
function qualityOf({ parameters }: Clause): number {
  const quality = Number.parseFloat(parameters.get("q") ?? "1");
  return Number.isNaN(quality) ? 1 : Math.min(quality, 1);
}

function escapingOf({ parameters }: Clause, format: ExpositionFormat): EscapingScheme {
  const asked = parameters.get("escaping") ?? "";
  // Prometheus 3.0 asks for UTF-8 names in 0.0.4 as well, which has no syntax for them.
  if (!SCHEMES.has(asked) || (asked === "allow-utf-8" && format === "text-0.0.4")) {
    return "underscores";
  }
  return asked as EscapingScheme;
}

function contentTypeOf(format: ExpositionFormat, escaping: EscapingScheme): string {
  switch (format) {
    case "text-0.0.4":
      return "text/plain; version=0.0.4; charset=utf-8";
    case "text-1.0.0":
      return `text/plain; version=1.0.0; charset=utf-8; escaping=${escaping}`;
    case "openmetrics-1.0":
      return `application/openmetrics-text; version=1.0.0; charset=utf-8; escaping=${escaping}`;
    case "openmetrics-2.0":
      return `application/openmetrics-text; version=2.0.0; charset=utf-8; escaping=${escaping}`;
    case "protobuf":
      return "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited";
  }
}

/** Of a parameter that is there twice, the last counts. */
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

import type { EscapingScheme } from "../model/escaping.ts";
import { TextSink } from "./lines/text.ts";
import type { PageOptions, PageSink } from "./render.ts";

/** A media type's parameters by name, all in lower case. */
export type Parameters = ReadonlyMap<string, string>;

/** A format that a page may have. */
export interface Format {
  /** Whether a scraper that asks for this media type, in lower case, gets this format. */
  accepts(type: string, parameters: Parameters): boolean;
  /** Whether the format has a syntax for UTF-8 names; otherwise they are always escaped. */
  readonly hasUtf8Names: boolean;
  /** The response's `Content-Type`. */
  contentType(escaping: EscapingScheme): string;
  /** Opens an empty page, and loads the code for it: a process is scraped in one or two formats. */
  open(options: PageOptions): PageSink | Promise<PageSink>;
}

/** All formats by name. A new one is a row here, and a file with its sink. */
export const FORMATS = {
  "text-0.0.4": {
    accepts: (type, parameters) =>
      type === "*/*" ||
      type === "text/*" ||
      (type === "text/plain" && isVersion(parameters, "", "0.0.4")),
    hasUtf8Names: false,
    contentType: () => "text/plain; version=0.0.4; charset=utf-8",
    open: (options) => new TextSink(options),
  },
  "text-1.0.0": {
    accepts: (type, parameters) => type === "text/plain" && isVersion(parameters, "1.0.0"),
    hasUtf8Names: true,
    contentType: (escaping) => `text/plain; version=1.0.0; charset=utf-8; escaping=${escaping}`,
    open: (options) => new TextSink(options),
  },
  "openmetrics-1.0": {
    // By the standard, whoever asks for no newer version gets 1.0.0. That includes 0.0.1, a draft that
    // was never published, and that Prometheus reads with the same parser.
    accepts: (type, parameters) =>
      type === OPENMETRICS && isVersion(parameters, "", "0.0.1", "1.0.0"),
    hasUtf8Names: true,
    contentType: (escaping) => `${OPENMETRICS}; version=1.0.0; charset=utf-8; escaping=${escaping}`,
    open: async (options) => {
      const { OpenMetrics1Sink } = await import("./lines/openmetrics-1.ts");
      return new OpenMetrics1Sink(options);
    },
  },
  "openmetrics-2.0": {
    accepts: (type, parameters) =>
      type === OPENMETRICS && isVersion(parameters, "2.0.0-rc0", "2.0.0"),
    hasUtf8Names: true,
    contentType: (escaping) => `${OPENMETRICS}; version=2.0.0; charset=utf-8; escaping=${escaping}`,
    open: async (options) => {
      const { OpenMetrics2Sink } = await import("./lines/openmetrics-2.ts");
      return new OpenMetrics2Sink(options);
    },
  },
  protobuf: {
    accepts: (type, parameters) =>
      type === PROTOBUF &&
      parameters.get("proto") === "io.prometheus.client.metricfamily" &&
      parameters.get("encoding") === "delimited",
    hasUtf8Names: true,
    contentType: () => `${PROTOBUF}; proto=io.prometheus.client.MetricFamily; encoding=delimited`,
    open: async (options) => {
      const { ProtobufSink } = await import("./protobuf/sink.ts");
      return new ProtobufSink(options);
    },
  },
} as const satisfies Readonly<Record<string, Format>>;

export type FormatName = keyof typeof FORMATS;

/** The format that every scraper reads, for scrapers that ask for none of these. */
export const DEFAULT_FORMAT: FormatName = "text-0.0.4";

const OPENMETRICS = "application/openmetrics-text";
const PROTOBUF = "application/vnd.google.protobuf";

/** @param versions those that fit; an empty one fits where no version is given */
function isVersion(parameters: Parameters, ...versions: readonly string[]): boolean {
  return versions.includes(parameters.get("version") ?? "");
}

import type { NativeOptions } from "../instruments/histogram/native/options.ts";
import type { LiveOptions } from "../live/options.ts";
import type { Registry } from "../registry/registry.ts";
import type { ScraperOptions } from "../scrape/scraper.ts";
import type { HttpRequest } from "./request/http-request.ts";

/** The labels that this package computes itself, by the names that options call them. */
export type StandardLabel =
  | "method"
  | "route"
  | "status_code"
  | "outcome"
  /** What kind of stream it is: `stream`, `event_stream` or `upgrade`. */
  | "kind"
  /** `http` or `https` */
  | "scheme"
  /** `1.1` or `2`, say. */
  | "protocol_version"
  /** The status or the outcome of what failed; empty for what did not. */
  | "error_type";

/**
 * What can be chosen of each metric.
 *
 * @typeParam Label the names of the custom labels
 */
export interface HttpMetricOptions<Label extends string = string> {
  /** Another name for the metric, without `_total`. */
  readonly name?: string | undefined;
  /** Another help text. */
  readonly help?: string | undefined;
  /** The labels it has, of the standard ones and the custom ones; the others are left out. */
  readonly labels?: readonly (StandardLabel | Label)[] | undefined;
  /** How many series it may have, 10,000 by default; those past it are counted as `_other`. */
  readonly limit?: number | undefined;
  /** Drops series that were not updated for this long, in seconds. By default none is dropped. */
  readonly expireAfterSeconds?: number | undefined;
  /** Allows any characters in names, as with metrics of your own; by default as the registry. */
  readonly utf8?: boolean | undefined;
}

/** What can be chosen of a metric that is a histogram. */
export interface HttpHistogramOptions<Label extends string = string>
  extends HttpMetricOptions<Label> {
  /** The classic buckets; none with an empty list. */
  readonly buckets?: readonly number[] | undefined;
  /** Native buckets, too; off by default. */
  readonly native?: boolean | NativeOptions | undefined;
}

/** Which metrics there are: `false` leaves one out, `true` or options take it in. */
export interface HttpMetricsChoice<Label extends string = string> {
  /** `http_request_duration_seconds` */
  readonly duration?: boolean | HttpHistogramOptions<Label> | undefined;
  /** `http_requests_total` */
  readonly requests?: boolean | HttpMetricOptions<Label> | undefined;
  /** `http_requests_in_flight`; it can have the labels `method` and `scheme`. */
  readonly inFlight?:
    | boolean
    | (Omit<HttpMetricOptions, "labels"> & { readonly labels?: readonly ("method" | "scheme")[] });
  /** `http_stream_duration_seconds` */
  readonly streams?: boolean | HttpHistogramOptions<Label> | undefined;
  /** `http_request_time_to_headers_seconds`; off by default. */
  readonly timeToHeaders?: boolean | HttpHistogramOptions<Label> | undefined;
  /** `http_request_size_bytes`: bytes of the body that were received; off by default. */
  readonly requestSize?: boolean | HttpHistogramOptions<Label> | undefined;
  /** `http_response_size_bytes`: bytes of the body that were written; off by default. */
  readonly responseSize?: boolean | HttpHistogramOptions<Label> | undefined;
}

/** What is measured of requests, and how it is called. */
export interface MeasuringOptions<Label extends string = string> {
  /** Where the metrics go, and what is served; the process-wide registry by default. */
  readonly registry?: Registry | undefined;
  /** Whose names metrics and labels have; Prometheus's by default. */
  readonly conventions?: "prometheus" | "opentelemetry" | undefined;
  /** Which metrics there are, and what they look like. */
  readonly metrics?: HttpMetricsChoice<NoInfer<Label>> | undefined;
  /** Other names for standard labels, such as `{ status_code: "code" }`. */
  readonly labelNames?: Readonly<Partial<Record<StandardLabel, string | undefined>>> | undefined;
  /** Labels of your own: each is computed from the request when it ends. */
  readonly labels?:
    | Readonly<Record<Label, (request: HttpRequest) => string | number | boolean | undefined>>
    | undefined;
  /** How many values each label of your own may take, 100 by default; later ones are `_other`. */
  readonly limit?: number | undefined;
  /** A response without a length that is written for longer than this is a stream; 10 by default. */
  readonly streamAfterSeconds?: number | undefined;
  /** The route of a request, where the framework doesn't know it; never a raw path. */
  readonly route?: ((request: HttpRequest) => string | undefined) | undefined;
  /** Requests that are not measured: paths, patterns of paths, or a predicate. */
  readonly exclude?: readonly (string | RegExp)[] | ((request: HttpRequest) => boolean) | undefined;
}

/** How the metrics are served. */
interface ServingOptions extends ScraperOptions {
  /** The path that serves the metrics, `/metrics` by default; `false` serves none. */
  readonly path?: string | false | undefined;
  /** Serves the metrics on a port of their own instead; 0 for any that is free. */
  readonly port?: number | undefined;
  /** The address of that port, `127.0.0.1` by default; `0.0.0.0` lets other machines scrape it. */
  readonly host?: string | undefined;
  /** Says who may read the metrics; by default everyone. See `bearer` and `basic` of `narthex/http`. */
  readonly authorize?: Authorize | undefined;
  /** Whether scrapes are measured as other requests are; off by default. */
  readonly measureScrapes?: boolean | undefined;
  /**
   * Whether a browser gets a page that draws, at the same path; scrapers get what they got before. By
   * default only where `NODE_ENV` is `development`. An object switches it on with other options.
   */
  readonly live?: boolean | LiveOptions | undefined;
}

/** The options of `httpMetrics`, the same for every framework. */
export interface HttpMetricsOptions<Label extends string = string>
  extends MeasuringOptions<Label>,
    ServingOptions {}

/** The options of `monitor`, the same for every framework. */
export type MonitorOptions<Label extends string = string> = Omit<
  HttpMetricsOptions<Label>,
  "path"
> & {
  /**
   * Where the metrics are served; 0 for any port that is free. Of a group of processes, one serves them
   * there, and when it ends, another.
   */
  readonly port: number;
  /** The path of the metrics; `/metrics` by default. */
  readonly path?: string | undefined;
};

/** Says whether a request may read the metrics. */
export interface Authorize {
  (request: HttpRequest): boolean | Promise<boolean>;
  /** The `WWW-Authenticate` header for those who may not; without one they get 403. */
  readonly challenge?: string | undefined;
}

import { invalidSetting, notCalled } from "../errors.ts";
import { type LiveSettings, liveSettings } from "../live/options.ts";
import { type Advice, isObject, knownOptions, type OptionNames } from "../options.ts";
import { metrics } from "../registry/metrics.ts";
import type { Registry } from "../registry/registry.ts";
import type { Authorize, HttpMetricsOptions, MeasuringOptions } from "./options.ts";
import { type HttpRequest, pathOf } from "./request/http-request.ts";

/** The options of measuring, checked and complete. What metrics look like is checked with them. */
export interface MeasuringSettings {
  readonly registry: Registry;
  readonly conventions: NonNullable<MeasuringOptions["conventions"]>;
  readonly limit: number;
  readonly streamAfterMs: number;
  readonly route: MeasuringOptions["route"];
  /** Whether a request is left out; undefined where none is. */
  readonly excludes: ((request: HttpRequest) => boolean) | undefined;
}

/** The options of serving the metrics, checked and complete. */
export interface ServingSettings {
  readonly registry: Registry;
  readonly path: string;
  /** Whether there is a page at all. */
  readonly isServed: boolean;
  /** The port of the metrics; undefined where the application serves them. */
  readonly port: number | undefined;
  readonly host: string;
  readonly authorize: Authorize | undefined;
  readonly measureScrapes: boolean;
  /** Undefined where browsers get what scrapers get. */
  readonly live: LiveSettings | undefined;
}

const A_FUNCTION = "use a function of the request";
const NOT_A_STRING = "it is a string, and a port is a number: use Number(…)";

export function measuringSettings(options: MeasuringOptions): MeasuringSettings {
  const {
    registry = metrics,
    conventions = "prometheus",
    limit = 100,
    streamAfterSeconds = 10,
    route,
    exclude,
  } = options;
  if (conventions !== "prometheus" && conventions !== "opentelemetry") {
    throw invalidOption("conventions", conventions, 'use "prometheus" or "opentelemetry"');
  }
  if (!(Number.isInteger(limit) && limit > 0)) {
    throw invalidOption("limit", limit, "use a whole number from 1");
  }
  if (!(streamAfterSeconds >= 0)) {
    throw invalidOption("streamAfterSeconds", streamAfterSeconds, "use a number of seconds from 0");
  }
  if (route !== undefined && typeof route !== "function") {
    throw invalidOption("route", route, A_FUNCTION);
  }
  const streamAfterMs = streamAfterSeconds * 1000;
  return { registry, conventions, limit, streamAfterMs, route, excludes: excluding(exclude) };
}

export function servingSettings(options: HttpMetricsOptions): ServingSettings {
  const { registry = metrics, path = "/metrics", port, host = "" } = options;
  const { authorize, measureScrapes = false } = options;
  if (path !== false && !(typeof path === "string" && path.startsWith("/"))) {
    throw invalidOption("path", path, "use a path that begins with a slash, or false");
  }
  if (port !== undefined && !(Number.isInteger(port) && port >= 0 && port < 65_536)) {
    const isText = typeof port === "string";
    throw invalidOption("port", port, isText ? NOT_A_STRING : "use a port from 0 to 65535");
  }
  if (typeof host !== "string") {
    throw invalidOption("host", host, "use an address such as 127.0.0.1, or 0.0.0.0 for all");
  }
  if (authorize !== undefined && typeof authorize !== "function") {
    throw invalidOption("authorize", authorize, A_FUNCTION);
  }
  const challenge = authorize?.challenge;
  if (challenge !== undefined && !isHeaderValue(challenge)) {
    throw invalidOption("authorize.challenge", challenge, "use text that a header can have");
  }
  return {
    registry,
    path: path === false ? "/metrics" : path,
    // A port of their own is asked for to serve them.
    isServed: path !== false || port !== undefined,
    port,
    // An empty one, as of a variable that is not set, would be all addresses of the machine.
    host: host.trim() || "127.0.0.1",
    authorize,
    measureScrapes,
    live: liveSettings(options.live),
  };
}

/** Whether Node and the fetch API send this as the value of a header: Latin-1, without control characters. */
function isHeaderValue(value: unknown): boolean {
  return typeof value === "string" && /^[\t\x20-\x7e\x80-\xff]+$/.test(value);
}

/** The error for a bad option of `httpMetrics` or `monitor`. */
function invalidOption(option: string, value: unknown, rule: string): Error {
  return invalidSetting("HTTP metrics", option, value, rule);
}

function excluding(exclude: MeasuringOptions["exclude"]): MeasuringSettings["excludes"] {
  if (exclude === undefined || typeof exclude === "function") return exclude;
  if (!Array.isArray(exclude)) throw invalidExclude(exclude);
  const paths = new Set<string>();
  const patterns: RegExp[] = [];
  for (const entry of exclude) {
    if (typeof entry === "string") paths.add(entry);
    else if (entry instanceof RegExp) patterns.push(entry);
    else throw invalidExclude(entry);
  }
  return ({ url }) => {
    const path = pathOf(url);
    // `search` has no memory of the last match, as `test` of a sticky pattern has.
    return paths.has(path) || patterns.some((pattern) => path.search(pattern) >= 0);
  };
}

function invalidExclude(value: unknown): Error {
  const rule = "use an array of paths and regular expressions, or a function of the request";
  return invalidOption("exclude", value, rule);
}

const NAMES: OptionNames<HttpMetricsOptions> = {
  registry: true,
  conventions: true,
  metrics: true,
  labelNames: true,
  labels: true,
  limit: true,
  streamAfterSeconds: true,
  route: true,
  exclude: true,
  path: true,
  port: true,
  host: true,
  authorize: true,
  measureScrapes: true,
  maxConcurrent: true,
  createdSamples: true,
  live: true,
};

const USE_EXCLUDE = "use exclude";
const USE_METRICS = "use metrics, as in metrics: { duration: { … } }";
const USE_LABELS = "choose the labels of each metric, as in metrics: { duration: { labels: […] } }";
const USE_RUNTIME = "call collectRuntime of narthex/runtime";

/** What options of other libraries' HTTP metrics are called here. */
const ADVICE: Advice = {
  promRegistry: "use registry",
  metricsPath: "use path",
  endpoint: "use path",
  autoregister: "use path: false to serve no page",
  metricsApp: "use monitor, which serves the metrics on a port of their own",
  normalizePath: "use route",
  customLabels: "use labels",
  transformLabels: "use labels",
  includeMethod: USE_LABELS,
  includePath: USE_LABELS,
  includeStatusCode: USE_LABELS,
  buckets: USE_METRICS,
  native: USE_METRICS,
  routeMetrics: USE_METRICS,
  metricType: USE_METRICS,
  httpDurationMetricName: USE_METRICS,
  bypass: USE_EXCLUDE,
  excludeRoutes: USE_EXCLUDE,
  routeBlacklist: USE_EXCLUDE,
  ignoreIncomingRequestHook: USE_EXCLUDE,
  defaultMetrics: USE_RUNTIME,
  collectDefaultMetrics: USE_RUNTIME,
};

/** The options that a user gave to `httpMetrics` or `monitor`. Throws where one is not known. */
export function httpOptions(options: HttpMetricsOptions): HttpMetricsOptions {
  if (isObject(options)) checkCalled(options);
  return knownOptions("HTTP metrics", options, NAMES, ADVICE);
}

/** Fails where a framework calls `httpMetrics` itself, with a request or a context for options. */
function checkCalled(options: object): void {
  if ("headers" in options || "req" in options) throw notCalled("httpMetrics");
}

import { invalidSetting } from "../../errors.ts";
import { type Advice, type Complete, knownOptions, type OptionNames } from "../../options.ts";
import type { Registry } from "../../registry/registry.ts";
import type { HttpHistogramOptions, HttpMetricOptions } from "../options.ts";
import { OUTGOING_CONVENTIONS } from "./conventions.ts";
import type { OutgoingLabel } from "./labels.ts";

interface ChosenLabels {
  /** The labels that the metric has; the others are left out. */
  readonly labels?: readonly OutgoingLabel[] | undefined;
}

/** What can be chosen of each metric. */
export interface OutgoingMetricOptions extends Omit<HttpMetricOptions, "labels">, ChosenLabels {}

/** What can be chosen of a metric that is a histogram. */
export interface OutgoingHistogramOptions
  extends Omit<HttpHistogramOptions, "labels">,
    ChosenLabels {}

/** Which metrics there are: `false` leaves one out, `true` or options take it in. */
export interface OutgoingMetricsChoice {
  /** `http_client_request_duration_seconds` */
  readonly duration?: boolean | OutgoingHistogramOptions | undefined;
  /** `http_client_errors_total` */
  readonly errors?: boolean | OutgoingMetricOptions | undefined;
  /** `http_client_requests_in_flight`; of a request under way neither status nor error is known. */
  readonly inFlight?: boolean | OutgoingMetricOptions | undefined;
}

/** What is known of an outgoing request when it begins. */
export interface OutgoingRequestFacts {
  /** Such as `GET`, as it is sent. */
  readonly method: string;
  /** `example.com`, `127.0.0.1:8080`: without the default port of its scheme. */
  readonly host: string;
  /** Path and query, as they are sent. */
  readonly path: string;
}

/** What is measured of outgoing requests, and how it is called. */
export interface OutgoingMetricsOptions {
  /** Where the metrics go; the process-wide registry by default. */
  readonly registry?: Registry | undefined;
  /** Whose names metrics and labels have; Prometheus's by default. */
  readonly conventions?: "prometheus" | "opentelemetry" | undefined;
  /** Which metrics there are, and what they look like. */
  readonly metrics?: OutgoingMetricsChoice | undefined;
  /** How many hosts are told apart, 100 by default; later ones are `_other`. */
  readonly limit?: number | undefined;
  /** Requests that are not measured: those to a collector of traces, say. */
  readonly exclude?: ((request: OutgoingRequestFacts) => boolean) | undefined;
}

const NAMES: OptionNames<OutgoingMetricsOptions> = {
  registry: true,
  conventions: true,
  metrics: true,
  limit: true,
  exclude: true,
};

const ADVICE: Advice = {
  ignoreOutgoingRequestHook: "use exclude",
  labels: "choose those of each metric, as in metrics: { duration: { labels: […] } }",
};

/** The options that a user gave to `measureOutgoing`. Throws where one is not known. */
export function outgoingOptions(options: OutgoingMetricsOptions): OutgoingMetricsOptions {
  return knownOptions("measureOutgoing", options, NAMES, ADVICE);
}

/** The options, checked and complete. */
export interface OutgoingSettings
  extends Complete<Pick<OutgoingMetricsOptions, "conventions" | "limit" | "metrics">>,
    Pick<OutgoingMetricsOptions, "exclude"> {}

/** Checks all options but those of metrics, which are checked where the metrics are chosen. */
export function outgoingSettings(options: OutgoingMetricsOptions): OutgoingSettings {
  const { conventions = "prometheus", limit = 100, metrics = {}, exclude } = options;
  if (!Object.hasOwn(OUTGOING_CONVENTIONS, conventions)) {
    throw invalid("conventions", conventions, 'use "prometheus" or "opentelemetry"');
  }
  if (limit !== Number.POSITIVE_INFINITY && !(Number.isInteger(limit) && limit > 0)) {
    throw invalid("limit", limit, "use a whole number from 1, or Infinity");
  }
  if (exclude === undefined) return { conventions, limit, metrics };
  if (typeof exclude !== "function") {
    throw invalid("exclude", exclude, "use a function of the request");
  }
  return { conventions, limit, metrics, exclude };
}

function invalid(option: string, value: unknown, rule: string): Error {
  return invalidSetting("measureOutgoing", option, value, rule);
}

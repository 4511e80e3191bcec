import type { HttpMetricsChoice, StandardLabel } from "../options.ts";
import type { MetricDefault } from "./metric-choice.ts";

export type HttpMetric = keyof HttpMetricsChoice;

/** The names of metrics and labels, and the values of special labels. */
export interface Conventions {
  /** The label value of methods that are not known. */
  readonly otherMethod: string;
  /** The label value of the route where no route matched. */
  readonly unmatchedRoute: string;
  /** The status of a request whose client left before the headers; 0 for none. */
  readonly clientLeftStatus: number;
  readonly labelNames: { readonly [Label in StandardLabel]: string };
  readonly metrics: { readonly [Metric in HttpMetric]: MetricDefault<StandardLabel> };
}

const HELP = {
  duration: "From the head of a request to the end of its response, or to the headers of a stream.",
  requests: "Requests, by how they ended.",
  inFlight: "Requests whose response is not complete yet.",
  streams: "How long streams and upgraded connections lasted.",
  timeToHeaders: "From the head of a request to the headers of its response.",
  requestSize: "Bytes of request bodies that were received.",
  responseSize: "Bytes of response bodies that were written.",
} as const;

const PROMETHEUS: Conventions = {
  otherMethod: "_other",
  unmatchedRoute: "_unmatched",
  // The status that nginx logs, and that dashboards know.
  clientLeftStatus: 499,
  labelNames: {
    method: "method",
    route: "route",
    status_code: "status_code",
    outcome: "outcome",
    kind: "kind",
    scheme: "scheme",
    protocol_version: "protocol_version",
    error_type: "error_type",
  },
  metrics: {
    duration: metric("http_request_duration_seconds", "duration", [
      "method",
      "route",
      "status_code",
    ]),
    requests: metric("http_requests", "requests", ["method", "route", "status_code", "outcome"]),
    inFlight: metric("http_requests_in_flight", "inFlight", []),
    streams: metric("http_stream_duration_seconds", "streams", ["route", "kind"]),
    timeToHeaders: off(
      metric("http_request_time_to_headers_seconds", "timeToHeaders", [
        "method",
        "route",
        "status_code",
      ]),
    ),
    requestSize: off(metric("http_request_size_bytes", "requestSize", ["method", "route"])),
    responseSize: off(metric("http_response_size_bytes", "responseSize", ["method", "route"])),
  },
};

/** The attributes that the semantic conventions give to a request of a server. */
const ATTRIBUTES: readonly StandardLabel[] = [
  "method",
  "scheme",
  "route",
  "status_code",
  "error_type",
  "protocol_version",
];

/**
 * The semantic conventions of OpenTelemetry for HTTP servers, as its exporters write them for
 * Prometheus: dots become underscores, and the unit comes last.
 */
const OPEN_TELEMETRY: Conventions = {
  otherMethod: "_OTHER",
  unmatchedRoute: "",
  clientLeftStatus: 0,
  labelNames: {
    method: "http_request_method",
    route: "http_route",
    status_code: "http_response_status_code",
    outcome: "outcome",
    kind: "kind",
    scheme: "url_scheme",
    protocol_version: "network_protocol_version",
    error_type: "error_type",
  },
  metrics: {
    duration: metric("http_server_request_duration_seconds", "duration", ATTRIBUTES),
    // The conventions count requests by their duration alone.
    requests: off(metric("http_server_requests", "requests", [...ATTRIBUTES, "outcome"])),
    inFlight: metric("http_server_active_requests", "inFlight", ["method", "scheme"]),
    streams: metric("http_server_stream_duration_seconds", "streams", ["route", "kind"]),
    timeToHeaders: off(
      metric("http_server_request_time_to_headers_seconds", "timeToHeaders", ATTRIBUTES),
    ),
    requestSize: off(metric("http_server_request_body_size_bytes", "requestSize", ATTRIBUTES)),
    responseSize: off(metric("http_server_response_body_size_bytes", "responseSize", ATTRIBUTES)),
  },
};

export const CONVENTIONS = { prometheus: PROMETHEUS, opentelemetry: OPEN_TELEMETRY } as const;

function metric(
  name: string,
  which: HttpMetric,
  labels: readonly StandardLabel[],
): MetricDefault<StandardLabel> {
  return { name, help: HELP[which], labels, isOn: true };
}

function off<Label extends string>(metric: MetricDefault<Label>): MetricDefault<Label> {
  return { ...metric, isOn: false };
}

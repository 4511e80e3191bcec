import type { MetricDefault } from "../record/metric-choice.ts";
import type { OutgoingLabel } from "./labels.ts";

/** As in `OutgoingMetricsChoice`, whose file imports this one. */
type OutgoingMetric = "duration" | "errors" | "inFlight";

/** The names of metrics and labels, and the values of special labels. */
export interface OutgoingConventions {
  /** The label value of methods that are not known. */
  readonly otherMethod: string;
  /** The label value of the status where there was no response. */
  readonly noStatus: string;
  /** Whether a status from 400 is also the value of the label `error`. */
  readonly statusIsError: boolean;
  readonly labelNames: { readonly [Label in OutgoingLabel]: string };
  readonly metrics: { readonly [Metric in OutgoingMetric]: MetricDefault<OutgoingLabel> };
}

const HELP = {
  duration: "From the start of an outgoing request to the end of its response, or its failure.",
  errors: "Outgoing requests that failed: without a response, or before its end.",
  inFlight: "Outgoing requests that have not ended yet.",
} as const;

const PROMETHEUS: OutgoingConventions = {
  otherMethod: "_other",
  // Not empty, so that `status_code=~"5..|error"` finds it.
  noStatus: "error",
  statusIsError: false,
  labelNames: {
    method: "method",
    host: "host",
    server_address: "server_address",
    server_port: "server_port",
    scheme: "scheme",
    status_code: "status_code",
    error: "error",
  },
  metrics: {
    duration: {
      name: "http_client_request_duration_seconds",
      help: HELP.duration,
      labels: ["method", "host", "status_code"],
      isOn: true,
    },
    errors: {
      name: "http_client_errors",
      help: HELP.errors,
      labels: ["method", "host", "error"],
      isOn: true,
    },
    inFlight: {
      name: "http_client_requests_in_flight",
      help: HELP.inFlight,
      labels: ["host"],
      isOn: true,
    },
  },
};

/** The semantic conventions of OpenTelemetry for HTTP clients, as its exporters write them. */
const OPEN_TELEMETRY: OutgoingConventions = {
  otherMethod: "_OTHER",
  noStatus: "",
  statusIsError: true,
  labelNames: {
    method: "http_request_method",
    host: "host",
    server_address: "server_address",
    server_port: "server_port",
    scheme: "url_scheme",
    status_code: "http_response_status_code",
    error: "error_type",
  },
  metrics: {
    duration: {
      name: "http_client_request_duration_seconds",
      help: HELP.duration,
      labels: ["method", "server_address", "server_port", "status_code", "error"],
      isOn: true,
    },
    errors: {
      name: "http_client_errors",
      help: HELP.errors,
      labels: ["method", "server_address", "server_port", "error"],
      // The conventions count errors by the duration alone.
      isOn: false,
    },
    inFlight: {
      name: "http_client_active_requests",
      help: HELP.inFlight,
      labels: ["method", "server_address", "server_port"],
      isOn: true,
    },
  },
};

export const OUTGOING_CONVENTIONS = {
  prometheus: PROMETHEUS,
  opentelemetry: OPEN_TELEMETRY,
} as const;

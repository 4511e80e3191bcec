import type { OutgoingLabel } from "./labels.ts";
import type { OutgoingMetricsChoice } from "./options.ts";

export type OutgoingMetric = keyof OutgoingMetricsChoice;

/** A metric as it is where options say nothing of it. */
interface MetricDefault {
  readonly name: string;
  readonly help: string;
  readonly labels: readonly OutgoingLabel[];
  readonly isOn: boolean;
}

/** Whose names metrics and labels have. */
export interface OutgoingConventions {
  /** The method of requests with other methods than the usual ones. */
  readonly otherMethod: string;
  /** The status of a request that failed without a response. */
  readonly noStatus: string;
  /** Whether a status from 400 is an error, too. */
  readonly statusIsError: boolean;
  readonly labelNames: { readonly [Label in OutgoingLabel]: string };
  readonly metrics: { readonly [Metric in OutgoingMetric]: MetricDefault };
}

const HELP = {
  duration: "From the start of an outgoing request to the end of its response, or its failure.",
  errors: "Outgoing requests that failed: without a response, or before its end.",
  inFlight: "Outgoing requests that have not ended yet.",
} as const;

const PROMETHEUS: OutgoingConventions = {
  otherMethod: "_other",
  // Not empty: `status_code!~"2..|3.."` and `status_code=~"5..|error"` both find it.
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

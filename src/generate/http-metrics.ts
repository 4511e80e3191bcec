import type { Metric } from "./source.ts";

/** The metrics of the requests that a service answers, or of those that it makes. */
export interface HttpMetrics {
  /** What counts the requests: a counter, or the count of the durations. */
  readonly requests: string;
  readonly duration: Metric | undefined;
  readonly inFlight: Metric | undefined;
  /** What tells most about the request: its route, or the host that it goes to. */
  readonly where: string | undefined;
  /** The label of the status; undefined where none has it. */
  readonly status: string | undefined;
  /** Further families, such as streams and sizes. */
  readonly others: readonly Metric[];
}

/** The names by Narthex itself and by OpenTelemetry's semantic conventions. */
const SERVER = {
  all: /^http_(?!client_)/,
  requests: ["http_requests_total", "http_server_requests_total"],
  duration: ["http_request_duration_seconds", "http_server_request_duration_seconds"],
  inFlight: ["http_requests_in_flight", "http_server_active_requests"],
  where: ["route", "http_route"],
};

const CLIENT = {
  all: /^http_client_/,
  requests: [] as string[],
  duration: ["http_client_request_duration_seconds"],
  inFlight: ["http_client_requests_in_flight", "http_client_active_requests"],
  where: ["host", "server_address"],
};

const STATUS = ["status_code", "http_response_status_code"];

export function serverMetrics(metrics: readonly Metric[]): HttpMetrics | undefined {
  return httpMetrics(metrics, SERVER);
}

export function clientMetrics(metrics: readonly Metric[]): HttpMetrics | undefined {
  return httpMetrics(metrics, CLIENT);
}

function httpMetrics(metrics: readonly Metric[], names: typeof SERVER): HttpMetrics | undefined {
  const named = (some: readonly string[]) => metrics.find(({ name }) => some.includes(name));
  const [counter, duration] = [named(names.requests), named(names.duration)];
  const counted = counter ?? duration;
  if (counted === undefined) return undefined;
  const inFlight = named(names.inFlight);
  const used = [counter, duration, inFlight];
  const labelled = (some: readonly string[]) =>
    some.find((name) => counted.labelNames.includes(name));
  return {
    requests: counter?.name ?? `${counted.name}_count`,
    duration,
    inFlight,
    where: labelled(names.where),
    status: labelled(STATUS),
    others: metrics.filter((metric) => names.all.test(metric.name) && !used.includes(metric)),
  };
}

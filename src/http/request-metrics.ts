import type { Counter } from "../instruments/counter.ts";
import type { GaugeSeries } from "../instruments/gauge.ts";
import type { Histogram } from "../instruments/histogram.ts";
import type { Registry } from "../registry/registry.ts";

/** The route of requests that no route took: a raw path would be a label without bound. */
export const UNMATCHED_ROUTE = "_unmatched";

const OTHER_METHOD = "_other";

/** Requests of other methods are counted as `_other`. */
const METHODS = new Set(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "QUERY"]);

/** The buckets of the semantic conventions for HTTP, in seconds. */
const DURATION_BUCKETS = [
  0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10,
];

/** How a request ended. */
export type Outcome =
  | "ok"
  | "client_error"
  | "server_error"
  /** The client left before the headers of the response were sent. */
  | "aborted"
  /** The connection went after the headers, before the end of the response. */
  | "aborted_response";

/**
 * The metrics of HTTP requests, whatever framework serves them. Each request is counted once, when
 * its response is complete or its connection gone.
 */
export class RequestMetrics {
  readonly #duration: Histogram<"method" | "route" | "status_code">;
  readonly #requests: Counter<"method" | "route" | "status_code" | "outcome">;
  readonly #inFlight: GaugeSeries;

  constructor(registry: Registry) {
    this.#duration = registry.histogram({
      name: "http_request_duration_seconds",
      help: "From the head of a request to the end of its response.",
      labels: ["method", "route", "status_code"],
      buckets: DURATION_BUCKETS,
    });
    this.#requests = registry.counter({
      name: "http_requests",
      help: "Requests, by how they ended.",
      labels: ["method", "route", "status_code", "outcome"],
    });
    this.#inFlight = registry.gauge({
      name: "http_requests_in_flight",
      help: "Requests whose response is not complete yet.",
    });
  }

  begin(): void {
    this.#inFlight.inc();
  }

  /** Takes back a `begin`: the request is not to be measured. */
  ignore(): void {
    this.#inFlight.dec();
  }

  end(method: string, route: string, status: number, outcome: Outcome, seconds: number): void {
    this.#inFlight.dec();
    const labels = {
      method: METHODS.has(method) ? method : OTHER_METHOD,
      route,
      status_code: String(status),
    };
    this.#duration.observe(labels, seconds);
    this.#requests.inc({ ...labels, outcome });
  }
}

import { metrics } from "narthex";

/** What probes ask is no request of a user. */
const PROBES = ["/healthz", "/readyz"];

/**
 * Declares what users may count on; the request metrics have to be there. `deploy/` has the dashboard and the
 * alerts that are made of it.
 */
export function declareObjectives(): void {
  metrics.slo({
    name: "availability",
    objective: 0.999,
    description: "The service answers what it is asked.",
    good: {
      family: "http_requests",
      match: { route: { not: PROBES }, outcome: { not: "server_error" } },
    },
    total: { family: "http_requests", match: { route: { not: PROBES } } },
  });
  metrics.slo({
    name: "latency",
    objective: 0.95,
    description: "Nobody waits for an answer.",
    good: {
      family: "http_request_duration_seconds",
      match: { route: { not: PROBES }, le: 0.25 },
    },
    total: { family: "http_request_duration_seconds", match: { route: { not: PROBES } } },
  });
}

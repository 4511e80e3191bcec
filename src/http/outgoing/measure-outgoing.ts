import { ownOptions } from "../../options.ts";
import { tellError } from "../../registry/error-listeners.ts";
import { metrics } from "../../registry/metrics.ts";
import type { Registry } from "../../registry/registry.ts";
import { type Caller, type FamilyGroup, share } from "../../registry/shared-collector.ts";
import { safely } from "./listen.ts";
import { measureNode } from "./node-requests.ts";
import {
  type OutgoingMetricsOptions,
  type OutgoingSettings,
  outgoingOptions,
  outgoingSettings,
} from "./options.ts";
import { OutgoingRecorder } from "./recorder.ts";
import { measureUndici } from "./undici-requests.ts";

/**
 * Measures the requests that this process sends, each until the end of its response: those of
 * `fetch` and undici, and those of `node:http` and `node:https` with all clients built on them. Each
 * hop of a redirect and each retry is a request. Several calls for one registry share the metrics.
 *
 * - `http_client_request_duration_seconds{method,host,status_code}`: all requests; without a
 *   response, `status_code` is `error`
 * - `http_client_errors_total{method,host,error}`: requests that failed, also after the headers;
 *   `error` is a code such as `ECONNREFUSED`, `timeout` for a signal's timeout, `aborted` where the
 *   program itself gave up, or `_other`
 * - `http_client_requests_in_flight{host}`: requests that have not ended
 *
 * @returns `stop`. Once each call's `stop` was called, the metrics are removed and everything that
 * they use is released
 * @throws NarthexError `NARTHEX_OPTION_INVALID` where an option is bad, or differs from what another
 * call asked for; `NARTHEX_NAME_TAKEN` where the registry has another metric of one of the names
 *
 * @example
 * const stop = measureOutgoing();
 * await fetch("https://example.com/");
 */
export function measureOutgoing(options: OutgoingMetricsOptions = {}): () => void {
  const own = outgoingOptions(options);
  return measure(own, own);
}

/** Measures the same, but its options are defaults, which give way to those of other callers. */
export function measureOutgoingByDefault(options: OutgoingMetricsOptions): () => void {
  return measure(ownOptions(options), ownOptions({}));
}

function measure(options: OutgoingMetricsOptions, wanted: OutgoingMetricsOptions): () => void {
  const registry = options.registry ?? metrics;
  return share(registry, "outgoing", {
    name: "measureOutgoing",
    agreed: ["conventions", "limit", "metrics"],
    settings: outgoingSettings(options),
    wanted,
    start: (...parts) => start(registry, ...parts),
  });
}

function start(
  registry: Registry,
  families: FamilyGroup,
  settings: OutgoingSettings,
  callers: Iterable<Caller<OutgoingSettings>>,
): void {
  const recorder = new OutgoingRecorder(families, settings, (request) => {
    for (const { settings } of callers) {
      const isExcluded = safely(
        () => settings.exclude?.(request),
        (error) => tellError(registry, error),
      );
      if (isExcluded) return true;
    }
    return false;
  });
  families.onStop(measureUndici(recorder));
  families.onStop(measureNode(recorder));
}

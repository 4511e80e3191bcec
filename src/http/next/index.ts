import type { Server } from "node:http";
import { monitoring, NodeHttpMetrics, watcherInFront } from "../adapter.ts";
import type { HttpMetricsOptions, MonitorOptions } from "../options.ts";
import { servers } from "../server/servers.ts";
import { nextRoute } from "./route.ts";

export type { Authorize, HttpMetricsOptions, MonitorOptions } from "../options.ts";
export type { HttpRequest } from "../request/http-request.ts";

/**
 * Measures every request of the process's servers, as Next.js starts its server itself, and answers
 * `GET /metrics` in front of them. Call it in `register()` of `instrumentation.ts`: requests that
 * come before Next calls that are not measured. On the edge runtime, which has no servers, it does
 * nothing.
 *
 * @example
 * import { httpMetrics } from "narthex/next";
 *
 * export function register() {
 *   httpMetrics();
 * }
 */
export function httpMetrics<const Label extends string = never>(
  options: HttpMetricsOptions<Label> = {},
): void {
  watch(new NodeHttpMetrics(options));
}

/**
 * `httpMetrics` with the metrics on a server of their own, which it returns; on the edge runtime
 * there is none.
 *
 * @example
 * monitor({ port: 9464 });
 */
export function monitor<const Label extends string = never>(
  options: MonitorOptions<Label>,
): Server {
  const http = monitoring(options);
  watch(http);
  return http.server;
}

function watch(http: NodeHttpMetrics): void {
  servers().watchAll(watcherInFront(http, nextRoute));
}

import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { measuredOf } from "./measured-message.ts";
import { nextRoute } from "./next-route.ts";
import { NodeHttpMetrics } from "./node-http-metrics.ts";
import type { HttpMetricsOptions, MonitorOptions } from "./options.ts";
import { watchEveryServer } from "./server-watch.ts";

export type { HttpRequest } from "./http-request.ts";
export type { Authorize, HttpMetricsOptions, MonitorOptions } from "./options.ts";

/**
 * Measures every request of the process's servers, which Next.js starts itself, and answers
 * `GET /metrics` in front of them. Call it in `register()` of `instrumentation.ts`; on the edge
 * runtime, which has no servers, it does nothing.
 *
 * @example
 * import { httpMetrics } from "narthex/next";
 *
 * export function register() {
 *   httpMetrics();
 * }
 */
export function httpMetrics(options: HttpMetricsOptions = {}): void {
  watch(new NodeHttpMetrics(options));
}

/**
 * `httpMetrics` with the metrics on a server of their own, which it returns; on the edge runtime
 * there is none.
 *
 * @example
 * monitor({ port: 9464 });
 */
export function monitor(options: MonitorOptions): Server {
  const http = new NodeHttpMetrics(options);
  watch(http);
  return http.server as Server;
}

function watch(http: NodeHttpMetrics): void {
  const { recorder } = http;
  watchEveryServer({
    recorder,
    answers: (request, response) => answers(http, request, response),
  });
}

function answers(http: NodeHttpMetrics, request: IncomingMessage, response: ServerResponse) {
  if (http.serves(request.url ?? "/")) {
    http.isScrape(http.measure(request, response));
    void http.endpoint?.send(request, response);
    return true;
  }
  measuredOf(request)?.routedBy(nextRoute, request);
  // Next alone may add as many listeners as there can be before Node warns of a leak.
  response.setMaxListeners(response.getMaxListeners() + 1);
  return false;
}

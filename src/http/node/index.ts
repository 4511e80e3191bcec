import type { IncomingMessage, Server } from "node:http";
import type { Http2SecureServer, Http2Server, Http2ServerRequest } from "node:http2";
import type { Server as HttpsServer } from "node:https";
import { monitoring, NodeHttpMetrics, watcherInFront } from "../adapter.ts";
import { checkServer } from "../application.ts";
import type { HttpMetricsOptions, MonitorOptions } from "../options.ts";
import { setRouteOf } from "../request/find.ts";
import { servers } from "../server/servers.ts";

export type { Authorize, HttpMetricsOptions, MonitorOptions } from "../options.ts";
export type { HttpRequest } from "../request/http-request.ts";

/** A server of node:http, node:https or node:http2. */
export type NodeServer = Server | HttpsServer | Http2Server | Http2SecureServer;

/**
 * Measures every request of a server and answers `GET /metrics` in front of its listeners. Routes are
 * told with `setRoute` or the option `route`; without them all are `_unmatched`.
 *
 * @example
 * const server = createServer((request, response) => {
 *   setRoute(request, "/hello/:name");
 *   response.end("Hello.\n");
 * });
 * httpMetrics(server);
 */
export function httpMetrics<const Label extends string = never>(
  server: NodeServer,
  options: HttpMetricsOptions<Label> = {},
): void {
  checkServer("httpMetrics", server);
  watch(server, new NodeHttpMetrics(options));
}

/**
 * `httpMetrics` with the metrics on a server of their own, which it returns; it stops with the
 * measured one.
 *
 * @example
 * monitor(server, { port: 9464 });
 */
export function monitor<const Label extends string = never>(
  server: NodeServer,
  options: MonitorOptions<Label>,
): Server {
  checkServer("monitor", server);
  const http = monitoring(options);
  watch(server, http);
  return http.server;
}

/**
 * Says which route took a request: the template, such as `/users/:id`, never the path.
 *
 * @example
 * setRoute(request, "/users/:id");
 */
export function setRoute(request: IncomingMessage | Http2ServerRequest, route: string): void {
  setRouteOf(request, String, route);
}

function watch(server: NodeServer, http: NodeHttpMetrics): void {
  servers().watch(server, watcherInFront(http));
  server.once("close", () => http.stop());
}

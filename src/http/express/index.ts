import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { monitoring, NodeHttpMetrics } from "../adapter.ts";
import { checkApplication } from "../application.ts";
import type { HttpMetricsOptions, MonitorOptions } from "../options.ts";
import { trackRoutes } from "./begun-route.ts";
import { expressRoute } from "./route.ts";

export type { Authorize, HttpMetricsOptions, MonitorOptions } from "../options.ts";
export type { HttpRequest } from "../request/http-request.ts";

/** A middleware of Express 4 or 5. */
export type Middleware = (
  request: IncomingMessage,
  response: ServerResponse,
  next: (error?: unknown) => void,
) => void;

/** What `monitor` needs of an Express application. */
interface Application {
  use(middleware: Middleware): unknown;
}

/**
 * Measures every request of an Express application and answers `GET /metrics`. Use it before
 * everything else.
 *
 * @example
 * app.use(httpMetrics());
 */
export function httpMetrics<const Label extends string = never>(
  options: HttpMetricsOptions<Label> = {},
  // Makes `app.use(httpMetrics)`, which would pass more than options, an error of types.
  ..._nothing: never[]
): Middleware {
  return middleware(new NodeHttpMetrics(options));
}

/**
 * `httpMetrics` with the metrics on a server of their own, which it returns.
 *
 * @example
 * monitor(app, { port: 9464 });
 */
export function monitor<const Label extends string = never>(
  app: Application,
  options: MonitorOptions<Label>,
): Server {
  checkApplication("express", app);
  const http = monitoring(options);
  app.use(middleware(http));
  return http.server;
}

function middleware(http: NodeHttpMetrics): Middleware {
  return function narthex(request, response, next) {
    http.measure(request, response, expressRoute, request);
    if (!http.serves(request.url ?? "/")) {
      trackRoutes(request);
      return next();
    }
    http.noteScrape(request);
    return void http.endpoint?.send(request, response);
  };
}

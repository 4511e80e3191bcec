import type { Server } from "node:http";
import type Koa from "koa";
import { monitoring, NodeHttpMetrics } from "../adapter.ts";
import { checkApplication } from "../application.ts";
import type { HttpMetricsOptions, MonitorOptions } from "../options.ts";
import { trackMounts } from "./mounts.ts";
import { koaRoute } from "./route.ts";

export type { Authorize, HttpMetricsOptions, MonitorOptions } from "../options.ts";
export type { HttpRequest } from "../request/http-request.ts";

/** An application of Koa, whatever types its state and its context have. */
export interface KoaApp {
  /** Adds a middleware, as Koa does. */
  use(middleware: Koa.Middleware): unknown;
}

/**
 * Measures every request of a Koa application and answers `GET /metrics`. Use it before all other
 * middleware. Routes are those of `@koa/router`, with the prefixes of `koa-mount`.
 *
 * @example
 * app.use(httpMetrics());
 */
export function httpMetrics<const Label extends string = never>(
  options: HttpMetricsOptions<Label> = {},
  // Makes `app.use(httpMetrics)`, which would pass more than options, an error of types.
  ..._nothing: never[]
): Koa.Middleware {
  return middlewareOf(new NodeHttpMetrics(options));
}

/**
 * `httpMetrics` with the metrics on a server of their own, which it returns.
 *
 * @example
 * monitor(app, { port: 9464 });
 */
export function monitor<const Label extends string = never>(
  app: KoaApp,
  options: MonitorOptions<Label>,
): Server {
  checkApplication("koa", app);
  const http = monitoring(options);
  app.use(middlewareOf(http));
  return http.server;
}

function middlewareOf(http: NodeHttpMetrics): Koa.Middleware {
  const { endpoint } = http;
  // Not an async function, which would cost a promise and two microtasks per request.
  return (ctx, next) => {
    http.measure(ctx.req, ctx.res, koaRoute, ctx);
    if (endpoint?.isAt(ctx.url)) {
      http.noteScrape(ctx.req);
      ctx.respond = false;
      return endpoint.send(ctx.req, ctx.res);
    }
    trackMounts(ctx);
    return next();
  };
}

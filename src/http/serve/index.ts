import type { Server } from "node:http";
import { invalidSetting } from "../../errors.ts";
import { fetchResponse } from "../page/delivery.ts";
import { elsewhere } from "../page/elsewhere.ts";
import { MetricsEndpoint } from "../page/endpoint.ts";
import { FetchHttpRequest } from "../request/http-request.ts";
import {
  handlerOptions,
  type MetricsHandlerOptions,
  type ServeMetricsOptions,
  serveOptions,
} from "./options.ts";

export type { Authorize } from "../options.ts";
export type { HttpRequest } from "../request/http-request.ts";
export type { MetricsHandlerOptions, ServeMetricsOptions } from "./options.ts";

/**
 * Serves the metrics on a port of their own, in a program that has no server to measure: a worker, a
 * batch, an exporter. `/` links the page, and other paths are 404.
 *
 * The server does not keep the process alive, so that a worker which is done can end; in a program that
 * does nothing else, call `ref()` of the server. If this process serves metrics on this port already, as
 * after a hot reload, that server goes on with the new options.
 *
 * @returns the server, once it listens, or in a group of processes waits until another one leaves the port
 * @throws (rejects) where an option is bad, where the port is in use or can't be opened, and with the
 *   signal's reason if that is aborted before the server listens
 *
 * @example
 * const server = await serveMetrics({ port: 9464 });
 * server.ref(); // an exporter, which has nothing else to do
 */
export async function serveMetrics(given: ServeMetricsOptions): Promise<Server> {
  const options = serveOptions(given);
  checkPath("serveMetrics", options, 'use a path that begins with a slash, such as "/metrics"');
  // Loaded here, so that handlers of the fetch API need none of Node's modules.
  const { startServer } = await import("./start-server.ts");
  return startServer(options);
}

/**
 * A handler of the fetch API that answers scrapes: for `Bun.serve`, `Deno.serve`, serverless functions
 * and routes of your own. It does all that a scrape has: formats, compression, `name[]`, timeouts, and
 * who may read. `/` links the page, and other paths are 404; `path: "*"` leaves the path to a router.
 *
 * The handler never rejects. It needs none of Node's modules; pages are compressed where the runtime has
 * `node:zlib`.
 *
 * @throws where an option is bad
 *
 * @example
 * const handler = metricsHandler();
 * const response = await handler(new Request("http://127.0.0.1:9464/metrics"));
 *
 * @example
 * const handler = metricsHandler({ path: "*" });
 * app.get("/internal/metrics", (c) => handler(c.req.raw)); // a route of Hono
 */
export function metricsHandler(
  given: MetricsHandlerOptions = {},
): (request: Request) => Promise<Response> {
  const options = handlerOptions(given);
  checkPath(
    "metricsHandler",
    options,
    'use a path that begins with a slash, or "*" for every path',
  );
  const isEverywhere = options.path === "*";
  const endpoint = new MetricsEndpoint(isEverywhere ? { ...options, path: undefined } : options);
  return async (request) => {
    const seen = new FetchHttpRequest(request);
    const other = isEverywhere ? undefined : elsewhere(endpoint, seen);
    return other === undefined ? endpoint.respond(seen) : fetchResponse(other);
  };
}

/** In `httpMetrics` the path may be `false`, which serves no page; here there would be nothing else. */
function checkPath(where: string, { path }: { readonly path?: unknown }, rule: string): void {
  const isPath = path === "*" ? where === "metricsHandler" : /^\//.test(String(path));
  if (path !== undefined && !isPath) throw invalidSetting(where, "path", path, rule);
}

import type { Server } from "node:http";
import type { FastifyInstance, FastifyPluginAsync } from "fastify";
import { metrics } from "../registry/metrics.ts";
import { Scraper } from "../scrape/scraper.ts";
import { type MetricsServerOptions, scrapeRequest, startMetricsServer } from "./metrics-server.ts";
import { measure } from "./node-request.ts";
import type { HttpMetricsOptions } from "./options.ts";
import { RequestMetrics, UNMATCHED_ROUTE } from "./request-metrics.ts";

export type { MetricsServerOptions } from "./metrics-server.ts";
export type { HttpMetricsOptions } from "./options.ts";

const DEFAULT_PATH = "/metrics";

/**
 * Measures every request of a Fastify application and answers `GET /metrics`. Register it before
 * the routes.
 *
 * @example
 * await app.register(httpMetrics);
 */
export const httpMetrics: FastifyPluginAsync<HttpMetricsOptions> = async (app, options) => {
  const { registry = metrics, path = DEFAULT_PATH, ...scraping } = options;
  const requests = new RequestMetrics(registry);
  // The server has every request, also those that Fastify answers without its hooks.
  app.server.prependListener("request", (request, response) => {
    measure(requests, request, response);
  });
  app.addHook("onRequest", (request, reply, done) => {
    const measured = measure(requests, request.raw, reply.raw);
    measured.route = request.routeOptions.url ?? UNMATCHED_ROUTE;
    if (path !== false && measured.route === path) measured.ignore();
    done();
  });
  if (path !== false) serve(app, new Scraper(registry, scraping), path);
};

// The hooks are for the whole application, not for the plugin's own scope.
Object.assign(httpMetrics, {
  [Symbol.for("skip-override")]: true,
  [Symbol.for("fastify.display-name")]: "narthex",
});

/**
 * `httpMetrics` with the metrics on a server of their own, which it returns; it stops with the
 * application.
 *
 * @example
 * monitor(app, { port: 9464 });
 */
export function monitor(
  app: FastifyInstance,
  options: Omit<HttpMetricsOptions, "path"> & MetricsServerOptions & { readonly path?: string },
): Server {
  const { registry = metrics, path = DEFAULT_PATH, port, host, ...scraping } = options;
  app.register(httpMetrics, { registry, path: false });
  const server = startMetricsServer(new Scraper(registry, scraping), path, {
    port,
    ...(host === undefined ? {} : { host }),
  });
  app.addHook("onClose", async () => {
    server.close();
    server.closeAllConnections();
  });
  return server;
}

function serve(app: FastifyInstance, scraper: Scraper, path: string): void {
  // The schema is for API documents: Fastify itself knows nothing of operation ids.
  const schema = { operationId: "metrics", summary: "All metrics, for Prometheus." } as object;
  app.get(path, { schema, logLevel: "warn" }, async (request, reply) => {
    const { status, headers, body } = await scraper.scrape(scrapeRequest(request.raw));
    return reply.code(status).headers(headers).send(body);
  });
}

import type { Server } from "node:http";
import type { FastifyInstance, FastifyPluginAsync } from "fastify";
import { NodeHttpMetrics } from "../adapter.ts";
import type { HttpMetricsOptions, MonitorOptions } from "../options.ts";
import { NodeHttpRequest } from "../request/http-request.ts";
import { measureFastify } from "./requests.ts";

export type { Authorize, HttpMetricsOptions, MonitorOptions } from "../options.ts";
export type { HttpRequest } from "../request/http-request.ts";

/**
 * Measures every request of a Fastify application and answers `GET /metrics`. Register it before
 * the routes.
 *
 * @example
 * await app.register(httpMetrics);
 */
export const httpMetrics: FastifyPluginAsync<HttpMetricsOptions> = async (app, options) => {
  const http = new NodeHttpMetrics(options);
  measureFastify(app, http);
  serve(app, http);
  app.addHook("onClose", async () => http.stop());
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
export function monitor<const Label extends string = never>(
  app: FastifyInstance,
  options: MonitorOptions<Label>,
): Server {
  const http = new NodeHttpMetrics(options);
  measureFastify(app, http);
  app.addHook("onClose", async () => http.stop());
  return http.server as Server;
}

function serve(app: FastifyInstance, http: NodeHttpMetrics): void {
  const { endpoint } = http;
  if (endpoint === undefined) return;
  // The schema is for API documents: Fastify itself knows nothing of operation ids.
  const schema = { operationId: "metrics", summary: "All metrics, for Prometheus." } as object;
  app.get(endpoint.path, { schema, logLevel: "warn" }, async (request, reply) => {
    http.noteScrape(request.raw);
    const { status, headers, body } = await endpoint.answer(
      new NodeHttpRequest(request.raw),
      reply.raw,
    );
    return reply.code(status).headers(headers).send(body);
  });
}

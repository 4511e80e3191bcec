import type { FastifyInstance, FastifyRequest } from "fastify";
import type { NodeHttpMetrics } from "../adapter.ts";
import { servers } from "../server/servers.ts";
import type { Watcher } from "../server/watch.ts";

/** Measures every request of a Fastify application under its route. */
export function measureFastify(
  app: FastifyInstance,
  http: NodeHttpMetrics,
  watcher: Watcher = { recorder: http.recorder },
): void {
  // The server has every request, also those that Fastify answers without its hooks.
  servers().watchTwins(app.server, watcher);
  app.addHook("onRequest", (request, reply, done) => {
    // Requests of `app.inject` come by no server.
    if (watcher.answers?.(request.raw, reply.raw)) return;
    http.measure(request.raw, reply.raw, fastifyRoute, request);
    done();
  });
}

/** The template of the route of Fastify that took the request, with the prefixes of its plugins. */
export function fastifyRoute(request: FastifyRequest): string | undefined {
  return request.routeOptions.url;
}

import type { FastifyInstance } from "fastify";
import type { NodeHttpMetrics } from "../adapter.ts";
import { ServerWatch, type Watcher } from "../server/server-watch.ts";
import { fastifyRoute } from "./route.ts";

/** Measures every request of a Fastify application under its route. */
export function measureFastify(
  app: FastifyInstance,
  http: NodeHttpMetrics,
  watcher: Watcher = { recorder: http.recorder },
): void {
  // The server has every request, also those that Fastify answers without its hooks.
  ServerWatch.ofTwins(app.server).add(watcher);
  app.addHook("onRequest", (request, reply, done) => {
    // Requests of `app.inject` come by no server.
    if (watcher.answers?.(request.raw, reply.raw)) return;
    http.measure(request.raw, reply.raw).routedBy(fastifyRoute, request);
    done();
  });
}

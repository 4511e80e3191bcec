import { subscribe } from "node:diagnostics_channel";
import type { FastifyInstance } from "fastify";
import { fastifyRoute } from "../http/fastify/requests.ts";
import { setRouteOf } from "../http/request/find.ts";

/** Has the routes of requests to applications of Fastify found, which it announces. */
export function watchFastify(): void {
  subscribe("fastify.initialization", (message) => {
    const { fastify } = message as { fastify: FastifyInstance };
    fastify.addHook("onRequest", (request, _reply, done) => {
      setRouteOf(request.raw, fastifyRoute, request);
      done();
    });
  });
}

import { subscribe } from "node:diagnostics_channel";
import type { FastifyInstance } from "fastify";
import { fastifyRoute } from "../http/fastify/route.ts";
import { measuredRequestOf } from "../http/request/find.ts";

/** Has the routes of requests to applications of Fastify found, which it announces. */
export function watchFastify(): void {
  subscribe("fastify.initialization", (message) => {
    const { fastify } = message as { fastify: FastifyInstance };
    fastify.addHook("onRequest", (request, _reply, done) => {
      measuredRequestOf(request.raw)?.routedBy(fastifyRoute, request);
      done();
    });
  });
}

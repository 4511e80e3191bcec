import type { FastifyRequest } from "fastify";

/** The template of the route of Fastify that took the request, with the prefixes of its plugins. */
export function fastifyRoute(request: FastifyRequest): string | undefined {
  return request.routeOptions.url;
}

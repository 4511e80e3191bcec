import rateLimit, { normalizeIP } from "@fastify/rate-limit";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { clientAddress } from "./client-address.ts";
import { Problem } from "./problem.ts";

/** Requests a minute that one client may send, where no setting says otherwise. */
const DEFAULT_LIMIT = 6_000;

/** Prometheus and an orchestrator read these to see how the service is, above all when it is overloaded. */
const UNLIMITED = new Set(["/metrics", "/healthz", "/readyz"]);

const isThisMachine = /^(::ffff:)?127\.|^::1$/;

/**
 * Refuses requests of a client address that sends more than `limit` a minute; 0 refuses none. By default
 * clients on the same machine are not limited: such a client is a load test, or a proxy that stands for
 * everybody because no setting says to trust it. Call it after the hooks that count requests.
 */
export async function limitRate(app: FastifyInstance, limit?: number): Promise<void> {
  if (limit === 0) return;
  // A network of IPv6 counts as one client, as it has more addresses than can be counted.
  const keyOf = (request: FastifyRequest) => normalizeIP(clientAddress(request));
  await app.register(rateLimit, {
    global: false,
    max: limit ?? DEFAULT_LIMIT,
    timeWindow: "1 minute",
    keyGenerator: keyOf,
    allowList: (request) =>
      UNLIMITED.has(request.routeOptions.url ?? "") ||
      (limit === undefined && isThisMachine.test(clientAddress(request))),
    errorResponseBuilder: (_, { after }) =>
      new Problem(429, `these are too many requests; try again in ${after}`),
  });
  // As a hook of all routes, it also sees requests that no route matches.
  app.addHook("onRequest", app.rateLimit());
}

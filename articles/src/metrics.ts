import type { FastifyInstance, FastifyRequest } from "fastify";
import { metrics } from "narthex";
import { clientAddress } from "./client-address.ts";

/** Counts every request, before it is handled. */
const requestCount = metrics.counter({
  name: "http_request_count",
  help: "Total HTTP Request Count",
  labels: ["method", "endpoint", "ip"],
  limit: 100, // A bound on client addresses; those past it are counted as `_other`.
  expireAfterSeconds: 3_600, // An address that is gone leaves its place to another.
});

/** The time from a request's first byte to the end of its response. */
const requestLatency = metrics.histogram({
  name: "http_request_latency_seconds",
  help: "HTTP Request Latency",
  labels: ["method", "endpoint"],
  buckets: [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10],
});

/** Counts every article when it is stored. */
export const articleCount = metrics.counter({
  name: "article_count",
  help: "Total posted article Count",
  labels: ["id"],
  limit: 1000,
});

/** Measures all requests of the application with the lab's metrics. */
export function measureRequests(app: FastifyInstance): void {
  app.addHook("onRequest", (request, reply, done) => {
    const { method } = request;
    const endpoint = endpointOf(request);
    requestCount.inc({ method, endpoint, ip: clientAddress(request) });
    reply.raw.once("close", requestLatency.startTimer({ method, endpoint }));
    done();
  });
}

/** The operation id of the handler, or the path of a route without one, such as those of /docs. */
function endpointOf({ routeOptions: { schema, url } }: FastifyRequest): string {
  return (schema as { operationId?: string } | undefined)?.operationId ?? url ?? "_unmatched";
}

import createFastify from "fastify";
import { overheadOf3, throughputOf } from "../../targets.mjs";
import { Tally, userOf } from "./application.mjs";

/**
 * @import { FastifyInstance } from "fastify"
 * @import { Framework } from "../frameworks.mjs"
 */

const labels = { method: "GET", route: "/users/:id", status_code: "200" };

/** @type {Framework} */
export const fastify = {
  packages: ["fastify", "fastify-metrics"],
  variants: [
    { name: "", listen: () => listen() },
    {
      name: "two hooks and an array",
      counts: { name: "requests_total" },
      listen: () => listen(withHooks),
    },
    {
      name: "narthex/fastify",
      counts: { name: "http_requests_total", labels },
      targets: [throughputOf(0.94), overheadOf3],
      listen: async () => {
        const { httpMetrics } = await import("narthex/fastify");
        return listen((app) => app.register(httpMetrics));
      },
    },
    {
      name: "fastify-metrics",
      counts: { name: "http_request_duration_seconds_count", labels },
      listen: async () => {
        const { default: fastifyMetrics } = await import("fastify-metrics");
        return listen((app) => app.register(fastifyMetrics.default, { endpoint: "/metrics" }));
      },
    },
  ],
};

/** @param {(app: FastifyInstance) => unknown} [measure] */
async function listen(measure) {
  const app = createFastify();
  await measure?.(app);
  app.get("/users/:id", async (/** @type {{ params: any }} */ { params }) => userOf(params.id));
  await app.listen({ port: 0, host: "127.0.0.1" });
  return app.server;
}

/** @param {FastifyInstance} app */
function withHooks(app) {
  const tally = new Tally();
  app.decorateRequest("start", 0);
  app.addHook("onRequest", (request, _reply, done) => {
    /** @type {any} */ (request).start = performance.now();
    done();
  });
  app.addHook("onResponse", (request, _reply, done) => {
    tally.add(/** @type {any} */ (request).start);
    done();
  });
  app.get("/metrics", async () => tally.page());
}

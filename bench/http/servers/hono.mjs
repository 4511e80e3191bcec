import { createAdaptorServer } from "@hono/node-server";
import { Hono } from "hono";
import { overheadOf3, throughputOf } from "../targets.mjs";
import { userOf } from "../user.mjs";
import { listening } from "./listening.mjs";

/** @import { Framework } from "../frameworks.mjs" */

/** @type {Framework} */
export const hono = {
  packages: ["hono", "@hono/node-server", "@hono/prometheus"],
  variants: [
    { name: "", listen: () => listen(async () => {}) },
    { name: "a middleware that does nothing", listen: () => listen(withMiddleware) },
    {
      name: "narthex/hono",
      counts: { name: "http_requests_total", labels: { route: "/users/:id", outcome: "ok" } },
      targets: [throughputOf(0.94), overheadOf3],
      listen: () => listen(withNarthex),
    },
    {
      name: "@hono/prometheus",
      counts: { name: "http_requests_total", labels: { route: "/users/:id", status: "200" } },
      listen: () => listen(withHonoPrometheus),
    },
  ],
};

/** @param {(app: Hono) => Promise<void>} measure */
async function listen(measure) {
  const app = new Hono();
  await measure(app);
  app.get("/users/:id", (context) => context.json(userOf(context.req.param("id"))));
  return listening(createAdaptorServer(app));
}

/** @param {Hono} app */
async function withMiddleware(app) {
  app.use((_context, next) => next());
}

/** @param {Hono} app */
async function withNarthex(app) {
  const { httpMetrics } = await import("narthex/hono");
  app.use(httpMetrics());
}

/** @param {Hono} app */
async function withHonoPrometheus(app) {
  const { prometheus } = await import("@hono/prometheus");
  const { printMetrics, registerMetrics } = prometheus();
  app.use("*", registerMetrics);
  app.get("/metrics", printMetrics);
}

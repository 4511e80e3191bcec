import { createAdaptorServer } from "@hono/node-server";
import { Hono } from "hono";
import { overheadOf3, throughputOf } from "../../targets.mjs";
import { listening, userOf } from "./application.mjs";

/** @import { Framework } from "../frameworks.mjs" */

/** @type {Framework} */
export const hono = {
  packages: ["hono", "@hono/node-server", "@hono/prometheus"],
  variants: [
    { name: "", listen: () => listen() },
    {
      name: "a middleware that does nothing",
      listen: () => listen((app) => app.use((_context, next) => next())),
    },
    {
      name: "narthex/hono",
      counts: { name: "http_requests_total", labels: { route: "/users/:id", outcome: "ok" } },
      targets: [throughputOf(0.94), overheadOf3],
      listen: async () => {
        const { httpMetrics } = await import("narthex/hono");
        return listen((app) => app.use(httpMetrics()));
      },
    },
    {
      name: "@hono/prometheus",
      counts: { name: "http_requests_total", labels: { route: "/users/:id", status: "200" } },
      listen: async () => {
        const { prometheus } = await import("@hono/prometheus");
        const { printMetrics, registerMetrics } = prometheus();
        return listen((app) => app.use("*", registerMetrics).get("/metrics", printMetrics));
      },
    },
  ],
};

/** @param {(app: Hono) => unknown} [measure] */
async function listen(measure) {
  const app = new Hono();
  measure?.(app);
  app.get("/users/:id", (context) => context.json(userOf(context.req.param("id"))));
  return listening(createAdaptorServer(app));
}

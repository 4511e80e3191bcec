import { createAdaptorServer } from "@hono/node-server";
import { prometheus } from "@hono/prometheus";
import { Hono } from "hono";
import { ask, listening } from "./ask.mjs";

const app = new Hono();
const { printMetrics, registerMetrics } = prometheus({
  collectDefaultMetrics: true,
  metricOptions: {
    requestsTotal: { customLabels: { kind: (c) => c.req.query("kind") ?? "none" } },
  },
});
app.use("*", registerMetrics);
app.get("/metrics", printMetrics);
app.get("/users/:id", (c) => c.json(c.req.param()));
app.post("/users", (c) => c.body(null, 201));
await ask(await listening(createAdaptorServer(app)), [
  "GET /users/1?kind=a",
  "GET /users/2",
  "POST /users",
  "GET /missing",
]);

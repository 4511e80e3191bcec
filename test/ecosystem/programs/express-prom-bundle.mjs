import { createServer } from "node:http";
import express from "express";
import promBundle from "express-prom-bundle";
import { ask, listening } from "./ask.mjs";

const app = express();
app.use(
  promBundle({
    includeMethod: true,
    includePath: true,
    includeUp: true,
    customLabels: { tenant: null },
    transformLabels: (labels, request) =>
      Object.assign(labels, { tenant: request.query.tenant ?? "" }),
    metricsPath: "/metrics",
    promClient: { collectDefaultMetrics: {} },
  }),
);
app.get("/users/:id", (request, response) => response.json({ id: request.params.id }));
app.post("/users", (_request, response) => response.status(201).end());
app.get("/broken", () => {
  throw Object.assign(new Error("broken"), { status: 503, expose: true });
});
app.use((error, _request, response, _next) => response.status(error.status).end());
await ask(await listening(createServer(app)), [
  "GET /users/1?tenant=a",
  "GET /users/2",
  "POST /users?tenant=b",
  "GET /broken",
  "GET /missing",
]);

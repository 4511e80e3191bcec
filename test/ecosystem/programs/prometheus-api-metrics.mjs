import { createServer } from "node:http";
import { createRequire } from "node:module";
import { ask, listening } from "./ask.mjs";

// It has no other form.
const require = createRequire(import.meta.url);
const express = require("express");
const apiMetrics = require("prometheus-api-metrics");
const app = express();
app.use(apiMetrics({ metricsPrefix: "shop" }));
app.get("/users/:id", (request, response) => response.json(request.params));
app.post("/users", (_request, response) => response.status(201).end());
await ask(await listening(createServer(app)), [
  "GET /users/1",
  "GET /users/2",
  "POST /users",
  "GET /missing",
]);

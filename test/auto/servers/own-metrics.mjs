import express from "express";
import { httpMetrics } from "narthex/express";
import sayWhere from "./say-where.cjs";

const labels = { tenant: () => "acme" };
const app = express()
  .use(httpMetrics({ labels, exclude: ["/healthz"] }))
  .get("/users/:id", (_request, response) => response.send("ok"))
  .get("/healthz", (_request, response) => response.send("ok"));
const server = app.listen(0, "127.0.0.1", () => sayWhere(server));

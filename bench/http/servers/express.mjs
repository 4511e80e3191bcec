import { createServer } from "node:http";
import createExpress from "express";
import { overheadOf3, throughputOf } from "../../targets.mjs";
import { listening, userOf } from "./application.mjs";

/**
 * @import { Express, Request } from "express"
 * @import { Framework } from "../frameworks.mjs"
 */

/** @type {Framework} */
export const express = {
  packages: ["express", "express-prom-bundle"],
  variants: [
    { name: "", listen: () => listen() },
    {
      name: "a middleware that does nothing",
      listen: () => listen((app) => app.use((_request, _response, next) => next())),
    },
    {
      name: "narthex/express",
      counts: { name: "http_requests_total", labels: { route: "/users/:id", outcome: "ok" } },
      targets: [throughputOf(0.97), overheadOf3],
      listen: async () => {
        const { httpMetrics } = await import("narthex/express");
        return listen((app) => app.use(httpMetrics()));
      },
    },
    {
      name: "express-prom-bundle",
      counts: {
        name: "http_request_duration_seconds_count",
        labels: { method: "GET", path: "/users/:id", status_code: "200" },
      },
      listen: async () => {
        const { default: promBundle } = await import("express-prom-bundle");
        // Gives it the labels of the others, as its README says; its own guess takes longer.
        const normalizePath = (/** @type {Request} */ { route }) => route?.path ?? "NULL";
        const options = { includeMethod: true, includePath: true, normalizePath };
        return listen((app) => app.use(promBundle(options)));
      },
    },
  ],
};

/** @param {(app: Express) => unknown} [measure] */
async function listen(measure) {
  const app = createExpress();
  measure?.(app);
  app.get("/users/:id", (request, response) => {
    response.json(userOf(request.params.id));
  });
  return listening(createServer(app));
}

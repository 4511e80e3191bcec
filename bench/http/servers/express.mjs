import { createServer } from "node:http";
import createExpress from "express";
import { overheadOf3, throughputOf } from "../targets.mjs";
import { userOf } from "../user.mjs";
import { listening } from "./listening.mjs";

/**
 * @import { Express, Request } from "express"
 * @import { Framework } from "../frameworks.mjs"
 */

/** @type {Framework} */
export const express = {
  packages: ["express", "express-prom-bundle"],
  variants: [
    { name: "", listen: () => listen(async () => {}) },
    { name: "a middleware that does nothing", listen: () => listen(withMiddleware) },
    {
      name: "narthex/express",
      counts: { name: "http_requests_total", labels: { route: "/users/:id", outcome: "ok" } },
      targets: [throughputOf(0.97), overheadOf3],
      listen: () => listen(withNarthex),
    },
    {
      name: "express-prom-bundle",
      counts: {
        name: "http_request_duration_seconds_count",
        labels: { method: "GET", path: "/users/:id", status_code: "200" },
      },
      listen: () => listen(withPromBundle),
    },
  ],
};

/** @param {(app: Express) => Promise<void>} measure */
async function listen(measure) {
  const app = createExpress();
  await measure(app);
  app.get("/users/:id", (request, response) => {
    response.json(userOf(request.params.id));
  });
  return listening(createServer(app));
}

/** @param {Express} app */
async function withMiddleware(app) {
  app.use((_request, _response, next) => next());
}

/** @param {Express} app */
async function withNarthex(app) {
  const { httpMetrics } = await import("narthex/express");
  app.use(httpMetrics());
}

/** @param {Express} app */
async function withPromBundle(app) {
  const { default: promBundle } = await import("express-prom-bundle");
  // The labels that the others have, which its README gets this way; its own guess takes longer.
  const normalizePath = (/** @type {Request} */ { route }) => route?.path ?? "NULL";
  app.use(promBundle({ includeMethod: true, includePath: true, normalizePath }));
}

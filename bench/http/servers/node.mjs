import { createServer } from "node:http";
import { createRequire } from "node:module";
import { CONTROL, overheadOf3, throughputNearControl } from "../../targets.mjs";
import { listening, Tally, userOf } from "./application.mjs";

/**
 * @import { IncomingMessage, RequestListener, ServerResponse } from "node:http"
 * @import { Framework } from "../frameworks.mjs"
 */

const USERS = "/users/";

/** @type {Framework} */
export const node = {
  packages: ["@opentelemetry/instrumentation-http"],
  variants: [
    { name: "", listen: () => listening(createServer(answer)) },
    {
      name: CONTROL,
      counts: { name: "requests_total" },
      listen: () => listening(withClock()),
    },
    {
      name: "narthex/node",
      counts: { name: "http_requests_total", labels: { route: "/users/:id", outcome: "ok" } },
      targets: [throughputNearControl(0.02), overheadOf3],
      listen: async () => listening(await withNarthex()),
    },
    {
      name: "OpenTelemetry",
      counts: { name: "http_server_request_duration_count" },
      listen: async () => listening(await withOpenTelemetry()),
    },
  ],
};

/**
 * @param {IncomingMessage} request
 * @param {ServerResponse} response
 * @param {RequestListener} [metrics]
 */
function answer(request, response, metrics) {
  const { url = "/" } = request;
  if (url.startsWith(USERS)) {
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify(userOf(url.slice(USERS.length))));
  } else if (url === "/metrics" && metrics !== undefined) {
    metrics(request, response);
  } else {
    response.writeHead(404).end();
  }
}

function withClock() {
  const tally = new Tally();
  return createServer((request, response) => {
    const start = performance.now();
    response.once("close", () => tally.add(start));
    answer(request, response, () => response.end(tally.page()));
  });
}

async function withNarthex() {
  const { httpMetrics } = await import("narthex/node");
  const server = createServer(answer);
  httpMetrics(server, {
    route: ({ url }) => (url.startsWith(USERS) ? "/users/:id" : undefined),
  });
  return server;
}

async function withOpenTelemetry() {
  const { PrometheusExporter } = await import("@opentelemetry/exporter-prometheus");
  const { registerInstrumentations } = await import("@opentelemetry/instrumentation");
  const { HttpInstrumentation } = await import("@opentelemetry/instrumentation-http");
  const { MeterProvider } = await import("@opentelemetry/sdk-metrics");
  const exporter = new PrometheusExporter({ preventServerStart: true });
  registerInstrumentations({
    meterProvider: new MeterProvider({ readers: [exporter] }),
    instrumentations: [
      new HttpInstrumentation({ ignoreIncomingRequestHook: ({ url }) => url === "/metrics" }),
    ],
  });
  // The instrumentation patches what is required from now on.
  createRequire(import.meta.url)("node:http");
  return createServer((request, response) =>
    answer(request, response, () => exporter.getMetricsRequestHandler(request, response)),
  );
}

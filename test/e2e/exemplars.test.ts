import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { trace } from "@opentelemetry/api";
import { HttpInstrumentation } from "@opentelemetry/instrumentation-http";
import { NodeTracerProvider } from "@opentelemetry/sdk-trace-node";
import express from "express";
import fastify from "fastify";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { httpMetrics as expressMetrics } from "../../src/http/express/index.ts";
import { httpMetrics as fastifyMetrics } from "../../src/http/fastify/index.ts";
import { httpMetrics } from "../../src/http/node/index.ts";
import { Registry } from "../../src/registry/registry.ts";

const provider = new NodeTracerProvider();
const instrumentation = new HttpInstrumentation();

beforeAll(() => {
  provider.register();
  instrumentation.setTracerProvider(provider);
  instrumentation.enable();
  // The instrumentation patches a module when it is required; all importers share that object.
  createRequire(import.meta.url)("node:http");
});
afterAll(async () => {
  instrumentation.disable();
  await provider.shutdown();
});

/** Answers with its trace id: at once, later, or in pieces. */
const traced: RequestListener = async (request, response) => {
  const id = trace.getActiveSpan()?.spanContext().traceId ?? "none";
  if (request.url === "/later") await new Promise((resolve) => setTimeout(resolve, 10));
  if (request.url === "/pieces") response.write(id.slice(0, 8));
  response.end(request.url === "/pieces" ? id.slice(8) : id);
};

const applications = {
  "node:http": async (registry: Registry) => {
    const server = createServer(traced);
    httpMetrics(server, { registry, path: false, route: ({ url }) => url });
    return server.listen(0, "127.0.0.1");
  },
  Express: async (registry: Registry) => {
    const app = express();
    app.use(expressMetrics({ registry, path: false }));
    for (const path of ["/once", "/later", "/pieces"]) app.get(path, traced);
    return app.listen(0, "127.0.0.1");
  },
  Fastify: async (registry: Registry) => {
    const app = fastify();
    await app.register(fastifyMetrics, { registry, path: false });
    for (const path of ["/once", "/later", "/pieces"]) {
      app.get(path, (request, reply) => {
        reply.hijack();
        void traced(request.raw, reply.raw as never);
      });
    }
    await app.listen({ port: 0, host: "127.0.0.1" });
    return app.server;
  },
};

test.each(Object.entries(applications))("exemplars of %s lead to the trace", async (_, start) => {
  const registry = new Registry();
  const server = await start(registry);
  if (!server.listening) await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  for (const path of ["/once", "/later", "/pieces"]) {
    const traceId = await (await fetch(`http://127.0.0.1:${port}${path}`)).text();
    expect(traceId).toMatch(/^[0-9a-f]{32}$/);
    await vi.waitFor(async () => {
      const accept = "application/openmetrics-text; version=1.0.0";
      const page = new TextDecoder().decode((await registry.expose({ accept })).body);
      const lines = page.split("\n").filter((line) => line.includes(`route="${path}"`));
      const exemplars = lines.filter((line) => line.includes(`# {trace_id="${traceId}",`));
      expect(exemplars.some((line) => line.startsWith("http_requests_total"))).toBe(true);
      expect(exemplars.some((line) => line.includes("seconds_bucket"))).toBe(true);
    });
  }
  server.close();
});

test("a registry's own exemplars come first", async () => {
  const registry = new Registry();
  registry.exemplars(() => ({ build: "7" }));
  const server = await applications["node:http"](registry);
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  await fetch(`http://127.0.0.1:${port}/once`);
  await vi.waitFor(async () => {
    const accept = "application/openmetrics-text; version=1.0.0";
    const page = new TextDecoder().decode((await registry.expose({ accept })).body);
    expect(page).toContain('# {build="7"} 1');
  });
  server.close();
});

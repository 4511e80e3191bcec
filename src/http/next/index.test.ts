import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { listen, urlOf } from "../../../test/listening.ts";
import { Registry } from "../../registry/registry.ts";
import { stopMetricsServer } from "../page/server.ts";
import { servers } from "../server/servers.ts";
import { httpMetrics, monitor } from "./index.ts";

const META = Symbol.for("NextInternalRequestMeta");
const started: Server[] = [];

beforeEach(() => {
  servers().watchers.length = 0;
});

afterEach(() => {
  for (const server of started.splice(0)) stopMetricsServer(server);
});

/** A server as Next starts it: its requests have a route once they are answered. */
async function startServer(): Promise<string> {
  const server = createServer((request, response) => {
    Object.assign(request, { [META]: { invokeOutput: "/blog/[slug]" } });
    response.end("a post");
  });
  return listen(server);
}

async function counted(registry: Registry, requests: number): Promise<void> {
  await vi.waitFor(async () => {
    const lines = (await registry.text()).split("\n");
    expect(lines.filter((line) => line.startsWith("http_requests_total"))).toEqual([
      `http_requests_total{method="GET",route="/blog/[slug]",status_code="200",outcome="ok"} ${requests}`,
    ]);
  });
}

test("measures every server of the process, also those that listen already", async () => {
  const registry = new Registry();
  const early = await startServer();
  httpMetrics({ registry });
  const late = await startServer();
  for (const url of [early, late, late]) await fetch(`${url}/blog/a`);
  await counted(registry, 3);
  for (const url of [early, late]) {
    expect(await (await fetch(`${url}/metrics`)).text()).toContain("http_requests_total{");
  }
  await counted(registry, 3);
});

test("counts once where it is called again, also from another copy of the module", async () => {
  const registry = new Registry();
  const url = await startServer();
  httpMetrics({ registry });
  httpMetrics({ registry });
  vi.resetModules();
  const copy = await import("./index.ts");
  expect(copy.httpMetrics).not.toBe(httpMetrics);
  copy.httpMetrics({ registry });
  await fetch(`${url}/blog/a`);
  await counted(registry, 1);
  expect((await fetch(`${url}/metrics`)).status).toBe(200);
});

test("monitor serves the metrics on their own port, and nowhere else", async () => {
  const registry = new Registry();
  const url = await startServer();
  const metricsServer = monitor({ port: 0, registry });
  started.push(metricsServer);
  await once(metricsServer, "listening");
  await fetch(`${url}/blog/a`);
  await counted(registry, 1);
  const page = await (await fetch(`${urlOf(metricsServer)}/metrics`)).text();
  expect(page).toContain('http_requests_total{method="GET",route="/blog/[slug]"');
  expect(await (await fetch(`${url}/metrics`)).text()).toBe("a post");
});

import { once } from "node:events";
import type { Server } from "node:http";
import { connect as connectHttp2, createServer as createHttp2Server } from "node:http2";
import { createAdaptorServer, upgradeWebSocket } from "@hono/node-server";
import { Hono } from "hono";
import { logger } from "hono/logger";
import { secureHeaders } from "hono/secure-headers";
import { stream } from "hono/streaming";
import { afterEach, expect, test, vi } from "vitest";
import { WebSocket, WebSocketServer } from "ws";
import { expectCounts, requestCounts } from "../../../test/contracts/counts.ts";
import { listen, urlOf } from "../../../test/listening.ts";
import { parseTextPage } from "../../../test/text-page.ts";
import { Registry } from "../../registry/registry.ts";
import type { HttpMetricsOptions } from "../options.ts";
import { stopMetricsServer } from "../page/server.ts";
import { httpMetrics, monitor } from "./index.ts";

const stops: (() => unknown)[] = [];
afterEach(async () => {
  vi.restoreAllMocks();
  for (const stop of stops.splice(0)) await stop();
});

/** An app with the metrics and some routes; where it listens. */
async function listening(options: HttpMetricsOptions = {}, app = new Hono()): Promise<string> {
  app.use(httpMetrics(options));
  addRoutes(app);
  return listenTo(app);
}

function addRoutes(app: Hono): void {
  app.get("/users/:id", (c) => c.text("a user"));
  app.get("/health", (c) => c.body(null, 204));
}

function listenTo(app: Hono, options: object = {}): Promise<string> {
  return listen(createAdaptorServer({ fetch: app.fetch, ...options }) as Server);
}

test("counts each request under its route, and answers the page", async () => {
  const registry = new Registry();
  const url = await listening({ registry });
  await fetch(`${url}/users/1?secret=1`);
  await fetch(`${url}/users/2`, { method: "HEAD" });
  await fetch(`${url}/nothing`);
  await expectCounts(registry, {
    "GET /users/:id 200 ok": 1,
    "HEAD /users/:id 200 ok": 1,
    "GET _unmatched 404 client_error": 1,
  });
  const page = await fetch(`${url}/metrics?name[]=http_requests_in_flight`);
  expect(page.headers.get("content-type")).toBe("text/plain; version=0.0.4; charset=utf-8");
  expect(await page.text()).toContain("\nhttp_requests_in_flight 0\n");
});

test("used several times, it counts once", async () => {
  const registry = new Registry();
  const app = new Hono().use(httpMetrics({ registry })).use("*", httpMetrics({ registry }));
  const url = await listening({ registry }, app);
  for (const path of ["/users/1", "/users/2", "/metrics"]) await fetch(url + path);
  await expectCounts(registry, { "GET /users/:id 200 ok": 2 });
});

test("middleware before it has its part in the page", async () => {
  const lines: string[] = [];
  const app = new Hono().use(logger((line) => lines.push(line))).use(secureHeaders());
  const url = await listening({ registry: new Registry() }, app);
  const page = await fetch(`${url}/metrics`);
  expect([page.status, page.headers.get("x-content-type-options")]).toEqual([200, "nosniff"]);
  expect(lines).toEqual([expect.stringContaining("GET /metrics"), expect.stringContaining("200")]);
});

test("a stream that fails, one that Hono closes, and one whose client leaves", async () => {
  vi.spyOn(console, "error").mockImplementation(() => {});
  const registry = new Registry();
  const app = new Hono().use(httpMetrics({ registry }));
  const first = new TextEncoder().encode("first");
  const broken = () =>
    new Promise<never>((_, reject) => setTimeout(reject, 20, new Error("broken")));
  app.get("/fails", (c) =>
    c.body(new ReadableStream({ start: (out) => out.enqueue(first), pull: broken })),
  );
  app.get("/closed", (c) =>
    stream(c, async (out) => {
      await out.write(first);
      await broken();
    }),
  );
  app.get("/endless", (c) => c.body(new ReadableStream({ start: (out) => out.enqueue(first) })));
  const url = await listenTo(app);
  await expect((await fetch(`${url}/fails`)).text()).rejects.toThrow();
  // Hono prints the error of a `stream`, and ends the response as if it were whole.
  expect(await (await fetch(`${url}/closed`)).text()).toBe("first");
  await (await fetch(`${url}/endless`)).body?.cancel();
  await expectCounts(registry, {
    "GET /fails 200 failed_response": 1,
    "GET /closed 200 ok": 1,
    "GET /endless 200 aborted_response": 1,
  });
});

test("WebSockets have the route of their handler, also before any other request", async () => {
  const registry = new Registry();
  const app = new Hono().use(httpMetrics({ registry }));
  app.get(
    "/rooms/:room",
    upgradeWebSocket(() => ({ onOpen: (_event, socket) => socket.send("in") })),
  );
  const server = new WebSocketServer({ noServer: true });
  const url = (await listenTo(app, { websocket: { server } })).replace("http", "ws");
  const socket = new WebSocket(`${url}/rooms/1`);
  await once(socket, "message");
  await expectCounts(registry, { "GET /rooms/:room 101 upgraded": 1 });
  socket.close();
  await expect(once(new WebSocket(`${url}/metrics`), "open")).rejects.toThrow("404");
  await vi.waitFor(async () => {
    const page = parseTextPage(await registry.text());
    const labels = { route: "/rooms/:room", kind: "upgrade" };
    expect(page.value("http_stream_duration_seconds_count", labels)).toBe(1);
  });
  await expectCounts(registry, {
    "GET /rooms/:room 101 upgraded": 1,
    "GET _unmatched 404 client_error": 1,
  });
});

test("measures HTTP/2", async () => {
  const registry = new Registry();
  const app = new Hono().use(httpMetrics({ registry }));
  addRoutes(app);
  const url = await listenTo(app, { createServer: createHttp2Server });
  const client = connectHttp2(url);
  stops.unshift(() => client.destroy());
  for (const path of ["/users/1", "/metrics"]) {
    const request = client.request({ ":path": path });
    const [headers] = await once(request, "response");
    expect(headers[":status"]).toBe(200);
    await once(request.resume(), "close");
  }
  await expectCounts(registry, { "GET /users/:id 200 ok": 1 });
});

test("monitor measures the app, and serves the metrics on their own port", async () => {
  const app = new Hono<{ Variables: { user: string } }>();
  const server = monitor(app, { port: 0, registry: new Registry() });
  stops.push(() => stopMetricsServer(server));
  await once(server, "listening");
  app.get("/users/:id", (c) => c.text("a user"));
  const url = await listenTo(app as unknown as Hono);
  expect((await fetch(`${url}/users/1`)).status).toBe(200);
  expect((await fetch(`${url}/metrics`)).status).toBe(404);
  const metricsUrl = `${urlOf(server)}/metrics`;
  await vi.waitFor(async () => {
    expect(requestCounts(parseTextPage(await (await fetch(metricsUrl)).text()))).toEqual({
      "GET /users/:id 200 ok": 1,
      "GET _unmatched 404 client_error": 1,
    });
  });
});

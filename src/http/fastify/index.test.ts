import { once } from "node:events";
import { request as httpRequest } from "node:http";
import { type AddressInfo, connect } from "node:net";
import websocket from "@fastify/websocket";
import fastify, { type FastifyInstance } from "fastify";
import { afterEach, expect, test, vi } from "vitest";
import { WebSocket } from "ws";
import { Registry } from "../../registry/registry.ts";
import { httpMetrics, monitor } from "./index.ts";

const stops: (() => unknown)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

async function listening(build: (app: FastifyInstance, registry: Registry) => unknown) {
  const registry = new Registry();
  const app = fastify();
  await build(app, registry);
  const url = await app.listen({ port: 0, host: "127.0.0.1" });
  stops.push(() => app.close());
  return { app, url, registry };
}

/** The page's samples of one family, without its buckets. */
async function samples(registry: Registry, name: string): Promise<string[]> {
  const page = await registry.text();
  return page.split("\n").filter((line) => line.startsWith(name) && !line.includes("_bucket"));
}

async function settled(registry: Registry): Promise<void> {
  await vi.waitFor(async () => {
    expect(await samples(registry, "http_requests_in_flight")).toEqual([
      "http_requests_in_flight 0",
    ]);
  });
}

test("counts each request under its route, method, status and outcome", async () => {
  const { url, registry } = await listening(async (app, registry) => {
    await app.register(httpMetrics, { registry });
    await app.register(
      async (users) => {
        users.get("/users/:id", async () => "a user");
        users.post("/users", async () => {
          throw new Error("broken");
        });
      },
      { prefix: "/api/v1" },
    );
  });
  await fetch(`${url}/api/v1/users/1?secret=1`);
  await fetch(`${url}/api/v1/users/2`, { method: "HEAD" });
  await fetch(`${url}/api/v1/users`, { method: "POST" });
  await fetch(`${url}/nothing/here`);
  await fetch(`${url}/%zz`);
  await fetch(`${url}/metrics`);
  await settled(registry);
  expect(await samples(registry, "http_requests_total")).toEqual([
    'http_requests_total{method="GET",route="/api/v1/users/:id",status_code="200",outcome="ok"} 1',
    'http_requests_total{method="HEAD",route="/api/v1/users/:id",status_code="200",outcome="ok"} 1',
    'http_requests_total{method="POST",route="/api/v1/users",status_code="500",outcome="server_error"} 1',
    'http_requests_total{method="GET",route="_unmatched",status_code="404",outcome="client_error"} 1',
    'http_requests_total{method="GET",route="_unmatched",status_code="400",outcome="client_error"} 1',
  ]);
  const counts = await samples(registry, "http_request_duration_seconds_count");
  expect(counts.map((line) => line.split(" ")[1])).toEqual(["1", "1", "1", "1", "1"]);
});

test("answers GET and HEAD of /metrics with the page", async () => {
  const { url } = await listening((app, registry) => app.register(httpMetrics, { registry }));
  const page = await fetch(`${url}/metrics`);
  expect(page.headers.get("content-type")).toBe("text/plain; version=0.0.4; charset=utf-8");
  const text = await page.text();
  expect(text).toContain("# TYPE http_requests_total counter\n");
  // The scrape itself is not a request of the application's.
  expect(text).toContain("\nhttp_requests_in_flight 0\n");
  const head = await fetch(`${url}/metrics`, { method: "HEAD" });
  expect(head.status).toBe(200);
  expect(await head.text()).toBe("");
});

test("tells a client that left before the headers from one that left after them", async () => {
  const { url, registry } = await listening(async (app, registry) => {
    await app.register(httpMetrics, { registry });
    app.get("/silent", () => new Promise(() => {}));
    app.get("/endless", (_request, reply) => {
      reply.hijack();
      reply.raw.writeHead(200).write("first");
    });
  });
  const { port } = new URL(url);
  const silent = connect(Number(port), "127.0.0.1");
  silent.write("GET /silent HTTP/1.1\r\nHost: a\r\n\r\n");
  await vi.waitFor(async () => {
    expect(await samples(registry, "http_requests_in_flight")).toEqual([
      "http_requests_in_flight 1",
    ]);
  });
  silent.destroy();
  const endless = httpRequest(`${url}/endless`).end();
  const [response] = await once(endless, "response");
  await once(response, "data");
  response.destroy();
  await settled(registry);
  expect(await samples(registry, "http_requests_total")).toEqual([
    'http_requests_total{method="GET",route="/silent",status_code="499",outcome="aborted"} 1',
    'http_requests_total{method="GET",route="/endless",status_code="200",outcome="aborted_response"} 1',
  ]);
});

test("measures requests that come without a socket", async () => {
  const { app, registry } = await listening(async (app, registry) => {
    await app.register(httpMetrics, { registry });
    app.get("/", async () => "hello");
  });
  await app.inject("/");
  await settled(registry);
  expect(await samples(registry, "http_requests_total")).toEqual([
    'http_requests_total{method="GET",route="/",status_code="200",outcome="ok"} 1',
  ]);
});

test("monitor measures the application and serves the metrics on their own port", async () => {
  let metricsUrl = "";
  const { url, app } = await listening(async (app, registry) => {
    const server = monitor(app, { port: 0, registry });
    await once(server, "listening");
    metricsUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    app.get("/", async () => "hello");
  });
  await fetch(`${url}/`);
  await vi.waitFor(async () => {
    const page = await (await fetch(`${metricsUrl}/metrics`)).text();
    expect(page).toContain(
      'http_requests_total{method="GET",route="/",status_code="200",outcome="ok"} 1',
    );
  });
  expect((await fetch(`${url}/metrics`)).status).toBe(404);
  expect((await fetch(`${metricsUrl}/other`)).status).toBe(404);
  await app.close();
  await expect(fetch(`${metricsUrl}/metrics`)).rejects.toThrow();
});

test("monitor on a port in use warns and leaves the application alone", async () => {
  const taken = fastify();
  await taken.listen({ port: 0, host: "127.0.0.1" });
  stops.push(() => taken.close());
  const { port } = taken.server.address() as AddressInfo;
  const warned = once(process, "warning");
  const { url } = await listening((app, registry) => {
    monitor(app, { port, registry });
    app.get("/", async () => "hello");
  });
  const [warning] = await warned;
  expect(warning.message).toContain(`127.0.0.1:${port}`);
  expect(await (await fetch(url)).text()).toBe("hello");
});

test("WebSockets have the route that took them", async () => {
  const { url, registry } = await listening(async (app, registry) => {
    await app.register(httpMetrics, { registry });
    await app.register(websocket);
    app.get("/rooms/:id", { websocket: true }, (socket) => socket.send("welcome"));
  });
  const socket = new WebSocket(`${url.replace("http", "ws")}/rooms/1`);
  await once(socket, "message");
  socket.close();
  await once(socket, "close");
  const refused = new WebSocket(`${url.replace("http", "ws")}/nowhere`);
  await once(refused, "error");
  await vi.waitFor(async () => {
    expect(await samples(registry, "http_requests_total")).toEqual([
      'http_requests_total{method="GET",route="/rooms/:id",status_code="101",outcome="upgraded"} 1',
      'http_requests_total{method="GET",route="_unmatched",status_code="404",outcome="client_error"} 1',
    ]);
    expect(await samples(registry, "http_stream_duration_seconds_count")).toEqual([
      'http_stream_duration_seconds_count{route="/rooms/:id",kind="upgrade"} 1',
    ]);
  });
});

test("a scope of its own has the page, and all of the application is measured", async () => {
  const { app, url, registry } = await listening(async (app, registry) => {
    app.get("/before/:id", async () => "before");
    await app.register(async (scope) => scope.register(httpMetrics, { registry }), {
      prefix: "/internal",
    });
    app.get("/after/:id", async () => "after");
  });
  for (const path of ["/before/1", "/after/1"]) await fetch(url + path);
  await app.inject("/after/2");
  expect((await fetch(`${url}/internal/metrics`)).status).toBe(200);
  expect((await fetch(`${url}/internal/metrics`, { method: "POST" })).status).toBe(405);
  expect((await fetch(`${url}/metrics`)).status).toBe(404);
  await settled(registry);
  expect(await samples(registry, "http_requests_total")).toEqual([
    'http_requests_total{method="GET",route="/before/:id",status_code="200",outcome="ok"} 1',
    'http_requests_total{method="GET",route="/after/:id",status_code="200",outcome="ok"} 2',
    'http_requests_total{method="GET",route="_unmatched",status_code="404",outcome="client_error"} 1',
  ]);
});

test("what an earlier hook answers has the route that would have taken it", async () => {
  const { app, url, registry } = await listening(async (app, registry) => {
    app.addHook("onRequest", async (request, reply) => {
      if (request.headers.authorization === undefined) return reply.code(401).send("Who?");
    });
    await app.register(async (scope) => scope.get("/users/:id", async () => "a user"));
    await app.register(httpMetrics, { registry });
  });
  await fetch(`${url}/users/1`);
  await app.inject("/users/2");
  await settled(registry);
  expect(await samples(registry, "http_requests_total")).toEqual([
    'http_requests_total{method="GET",route="/users/:id",status_code="401",outcome="client_error"} 2',
  ]);
});

test("the newest options guard a page that is registered twice", async () => {
  const { url } = await listening(async (app, registry) => {
    await app.register(httpMetrics, { registry });
    await app.register(httpMetrics, { registry, authorize: () => false });
  });
  expect((await fetch(`${url}/metrics`)).status).toBe(403);
});

test("routes of the application at the path of the page are its own", async () => {
  const { url } = await listening(async (app, registry) => {
    app.get("/metrics", async () => "my own");
    app.post("/other", async () => "posted");
    app.head("/other", (_request, reply) => reply.header("x-own", "yes").send());
    await app.register(httpMetrics, { registry });
    await app.register(httpMetrics, { registry, path: "/other" });
  });
  expect(await (await fetch(`${url}/metrics`)).text()).toBe("my own");
  expect(await (await fetch(`${url}/other`, { method: "POST" })).text()).toBe("posted");
  expect((await fetch(`${url}/other`, { method: "HEAD" })).headers.get("x-own")).toBe("yes");
  expect(await (await fetch(`${url}/other`)).text()).toContain("# TYPE");
});

import { once } from "node:events";
import { createServer } from "node:http";
import Router from "@koa/router";
import Koa from "koa";
import mount from "koa-mount";
import { expect, onTestFinished, test, vi } from "vitest";
import { expectCounts, requestCounts } from "../../../test/contracts/counts.ts";
import { listen, urlOf } from "../../../test/listening.ts";
import { parseTextPage } from "../../../test/text-page.ts";
import { Registry } from "../../registry/registry.ts";
import { setRoute } from "../node/index.ts";
import type { HttpMetricsOptions } from "../options.ts";
import { stopMetricsServer } from "../page/server.ts";
import { httpMetrics, monitor } from "./index.ts";

/** An app with the metrics and some routes; where it listens. */
async function listening(options: HttpMetricsOptions = {}, app = new Koa()): Promise<string> {
  app.silent = true;
  app.use(httpMetrics(options));
  addRoutes(app);
  return listen(createServer(app.callback()));
}

function addRoutes(app: Koa): void {
  const router = new Router();
  router.get("/users/:id", (ctx) => {
    ctx.body = "a user";
  });
  router.get("/health", (ctx) => {
    ctx.status = 204;
  });
  app.use(router.routes());
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
  const page = await fetch(`${url}/metrics`);
  expect(page.headers.get("content-type")).toBe("text/plain; version=0.0.4; charset=utf-8");
  expect(await page.text()).toContain("\nhttp_requests_in_flight 0\n");
});

test("used several times, it counts once", async () => {
  const registry = new Registry();
  const app = new Koa().use(httpMetrics({ registry })).use(httpMetrics({ registry }));
  const url = await listening({ registry }, app);
  for (const path of ["/users/1", "/users/2", "/metrics"]) await fetch(url + path);
  await expectCounts(registry, { "GET /users/:id 200 ok": 2 });
});

test("lets middleware before it have its headers, and its turn after the page", async () => {
  const app = new Koa();
  app.use(async (ctx, next) => {
    ctx.set("x-before", "1");
    await next();
    ctx.set("x-after", String(ctx.res.writableEnded));
  });
  const errors: unknown[] = [];
  app.on("error", (error) => errors.push(error));
  const url = await listening({ registry: new Registry() }, app);
  const page = await fetch(`${url}/metrics`);
  expect([page.status, page.headers.get("x-before")]).toEqual([200, "1"]);
  expect(errors).toEqual([]);
});

test("in a mounted app, it measures and serves that app", async () => {
  const registry = new Registry();
  const inner = new Koa().use(httpMetrics({ registry }));
  addRoutes(inner);
  const url = await listen(createServer(new Koa().use(mount("/api", inner)).callback()));
  await fetch(`${url}/api/users/1`);
  await fetch(`${url}/api/users/2`);
  expect((await fetch(`${url}/api/metrics`)).status).toBe(200);
  await expectCounts(registry, { "GET /api/users/:id 200 ok": 2 });
});

test("without a router, routes are told by setRoute or by the option", async () => {
  const registry = new Registry();
  const app = new Koa().use(
    httpMetrics({ registry, route: ({ url }) => (url === "/own" ? "/by-option" : undefined) }),
  );
  app.use((ctx) => {
    if (ctx.path === "/told") setRoute(ctx.req, "/by-set-route");
    ctx.body = "ok";
  });
  const url = await listen(createServer(app.callback()));
  for (const path of ["/told", "/own", "/other"]) await fetch(url + path);
  await expectCounts(registry, {
    "GET /by-set-route 200 ok": 1,
    "GET /by-option 200 ok": 1,
    "GET _unmatched 200 ok": 1,
  });
});

test("a stream that fails, and one whose client leaves", async () => {
  const registry = new Registry();
  const app = new Koa().use(httpMetrics({ registry }));
  app.silent = true;
  const router = new Router();
  router.get("/fails", (ctx) => {
    ctx.body = new ReadableStream({
      start: (controller) => controller.enqueue(new TextEncoder().encode("first")),
      pull: () => new Promise((_, reject) => setTimeout(reject, 20, new Error("broken"))),
    });
  });
  router.get("/endless", (ctx) => {
    ctx.body = new ReadableStream({
      start: (controller) => controller.enqueue(new TextEncoder().encode("first")),
    });
  });
  app.use(router.routes());
  const url = await listen(createServer(app.callback()));
  await expect((await fetch(`${url}/fails`)).text()).rejects.toThrow();
  await (await fetch(`${url}/endless`)).body?.cancel();
  await expectCounts(registry, {
    "GET /fails 200 failed_response": 1,
    "GET /endless 200 aborted_response": 1,
  });
});

test("monitor measures the app, and serves the metrics on their own port", async () => {
  const app = new Koa();
  const server = monitor(app, { port: 0, registry: new Registry() });
  onTestFinished(() => stopMetricsServer(server));
  await once(server, "listening");
  addRoutes(app);
  const url = await listen(createServer(app.callback()));
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

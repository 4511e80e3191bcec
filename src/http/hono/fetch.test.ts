import { Hono } from "hono";
import { setCookie } from "hono/cookie";
import { streamSSE } from "hono/streaming";
import { expect, test } from "vitest";
import { type Counts, requestCounts } from "../../../test/contracts/counts.ts";
import { parseTextPage } from "../../../test/text-page.ts";
import { Registry } from "../../registry/registry.ts";
import type { HttpMetricsOptions } from "../options.ts";
import { bearer } from "../page/authorize.ts";
import { httpMetrics } from "./index.ts";

/** An app without a server of Node's below it: all it has of a request is the fetch API. */
function appOf(options: HttpMetricsOptions = {}) {
  const registry = options.registry ?? new Registry();
  const app = new Hono().use(httpMetrics({ registry, ...options }));
  app.get("/users/:id", (c) => c.text("a user"));
  const counted = async (expected: Counts) => {
    const page = parseTextPage(await registry.text());
    expect(requestCounts(page)).toEqual(expected);
    expect(page.value("http_requests_in_flight")).toBe(0);
  };
  return { app, registry, counted };
}

test("counts each request under its route, and answers the page", async () => {
  const { app, counted } = appOf();
  expect(await (await app.request("/users/1?secret=1")).text()).toBe("a user");
  expect((await app.request("/users/2", { method: "HEAD" })).body).toBe(null);
  await app.request("/nothing");
  const expected = {
    "GET /users/:id 200 ok": 1,
    "HEAD /users/:id 200 ok": 1,
    "GET _unmatched 404 client_error": 1,
  };
  await counted(expected);
  const page = await app.request("/metrics");
  expect(page.headers.get("content-type")).toBe("text/plain; version=0.0.4; charset=utf-8");
  expect(requestCounts(parseTextPage(await page.text()))).toEqual(expected);
  expect((await app.request("/metrics", { method: "HEAD" })).status).toBe(200);
  await counted(expected);
});

test("used several times, it counts once, and once for each other registry", async () => {
  const { app, registry, counted } = appOf();
  const other = new Registry();
  app.use(httpMetrics({ registry })).use(httpMetrics({ registry: other, path: "/other" }));
  app.get("/later", (c) => c.text("later"));
  expect(await (await app.request("/later")).text()).toBe("later");
  expect(await (await app.request("/other")).text()).toContain("http_requests_total{");
  await counted({ "GET /later 200 ok": 1, "GET _unmatched 200 ok": 1 });
  expect(requestCounts(parseTextPage(await other.text()))).toEqual({ "GET /later 200 ok": 1 });
});

test("options are the same as on Node", async () => {
  const { app, counted } = appOf({
    path: "/own",
    authorize: bearer("a token"),
    measureScrapes: true,
    exclude: [/^\/health/],
    metrics: { requests: { labels: ["method", "route", "status_code", "outcome"] } },
    labels: { agent: (request) => request.header("user-agent") },
  });
  app.get("/health", (c) => c.text("fine"));
  await app.request("/health");
  expect((await app.request("/metrics")).status).toBe(404);
  const refused = await app.request("/own?echo", { headers: { authorization: "Bearer echo" } });
  expect([refused.status, await refused.text()]).toEqual([401, "Unauthorized.\n"]);
  expect(refused.headers.get("www-authenticate")).toBe("Bearer");
  const headers = { authorization: "Bearer a token", "user-agent": "a test" };
  const page = await (await app.request("/own", { headers })).text();
  expect(page).toContain('status_code="404",agent="",le="+Inf"} 1');
  await counted({
    "GET _unmatched 404 client_error": 1,
    "GET /own 401 client_error": 1,
    "GET /own 200 ok": 1,
  });
});

test("with path: false, nothing is served", async () => {
  const { app, counted } = appOf({ path: false });
  expect((await app.request("/metrics")).status).toBe(404);
  await counted({ "GET _unmatched 404 client_error": 1 });
});

test("headers, cookies and redirects stay as they were", async () => {
  const { app, counted } = appOf();
  app.get("/cookies", (c) => {
    setCookie(c, "a", "1");
    setCookie(c, "b", "2");
    return c.json({ ok: true }, 201, { "x-mine": "1" });
  });
  app.get("/old", () => Response.redirect("https://example.test/new", 301));
  app.get("/proxied", () => fetch("data:text/css,hello"));
  const cookies = await app.request("/cookies");
  expect(cookies.headers.getSetCookie()).toEqual(["a=1; Path=/", "b=2; Path=/"]);
  expect([cookies.status, cookies.headers.get("x-mine")]).toEqual([201, "1"]);
  expect(cookies.headers.get("content-type")).toBe("application/json");
  expect(await cookies.json()).toEqual({ ok: true });
  const old = await app.request("/old");
  expect([old.status, old.headers.get("location")]).toEqual([301, "https://example.test/new"]);
  expect(await (await app.request("/proxied")).text()).toBe("hello");
  await counted({
    "GET /cookies 201 ok": 1,
    "GET /old 301 ok": 1,
    "GET /proxied 200 ok": 1,
  });
});

test("errors keep their route, and so does what is thrown that is none", async () => {
  const { app, counted } = appOf();
  app.onError((_error, c) => c.text("broken", 500));
  app.get("/throws/:id", () => {
    throw new Error("broken");
  });
  app.get("/strange/:id", () => Promise.reject("no error"));
  app.get("/forgets/:id", (() => {}) as never);
  expect((await app.request("/throws/1")).status).toBe(500);
  await expect(app.request("/strange/1")).rejects.toBe("no error");
  expect((await app.request("/forgets/1")).status).toBe(500);
  await counted({
    "GET /throws/:id 500 server_error": 1,
    "GET /strange/:id 500 server_error": 1,
    "GET /forgets/:id 500 server_error": 1,
  });
});

test("a client that leaves while its handler waits, and one that leaves an event stream", async () => {
  const { app, registry, counted } = appOf();
  app.get("/silent", () => new Promise<never>(() => {}));
  let isAborted = false;
  app.get("/events", (c) =>
    streamSSE(c, async (out) => {
      out.onAbort(() => {
        isAborted = true;
      });
      while (!out.aborted) {
        await out.writeSSE({ data: "event" });
        await out.sleep(1);
      }
    }),
  );
  const client = new AbortController();
  void app.request("/silent", { signal: client.signal });
  client.abort();
  const reader = (await app.request("/events")).body?.getReader();
  await reader?.read();
  await reader?.cancel();
  expect(isAborted).toBe(true);
  await counted({ "GET /silent 499 aborted": 1, "GET /events 200 aborted_response": 1 });
  const labels = { route: "/events", kind: "event_stream" };
  const page = parseTextPage(await registry.text());
  expect(page.value("http_stream_duration_seconds_count", labels)).toBe(1);
});

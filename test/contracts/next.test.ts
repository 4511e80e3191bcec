import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from "vitest";
import { freePort } from "../../scripts/servers/free-port.mjs";
import { send } from "./client.ts";
import { runContract } from "./contract.ts";
import { buildNextApp, NEXT, NEXT_APP, type NextBuild, nextEnvironment } from "./next-build.ts";
import { ServerProcess } from "./server-process.ts";
import { nextSubject } from "./subjects/next.ts";

const ANY_PORT = ["-H", "127.0.0.1", "-p", "0"];
const PATIENCE = { timeout: 60_000, interval: 100 };
const SLOW = { timeout: 180_000 };

let build: NextBuild;

beforeAll(async () => {
  build = await buildNextApp("contract");
  const environment = { ...build.environment, NODE_ENV: "production" };
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
}, SLOW.timeout);

afterAll(() => build.remove());

runContract(nextSubject);

async function start(...args: Parameters<typeof ServerProcess.start>): Promise<ServerProcess> {
  const next = await ServerProcess.start(...args);
  onTestFinished(() => next.stop());
  return next;
}

describe("next start", SLOW, () => {
  let next: ServerProcess;

  beforeAll(async () => {
    next = await ServerProcess.start([NEXT, "start", ...ANY_PORT], NEXT_APP, build.environment);
  }, SLOW.timeout);

  afterAll(() => next.stop());

  const rows: Readonly<Record<string, string>> = {
    "/": "GET / 200 ok",
    "/cart": "GET /cart 200 ok",
    "/blog/first?a=b": "GET /blog/[slug] 200 ok",
    "/docs": "GET /docs/[[...path]] 200 ok",
    "/dashboard": "GET /dashboard 200 ok",
    "/closed/known": "GET /closed/[name] 200 ok",
    "/closed/other": "GET _unmatched 404 client_error",
    "/gone": "GET /gone 404 client_error",
    "/broken": "GET /broken 500 server_error",
    "/files/a/b.txt": "GET /files/[...path] 200 ok",
    "/sitemap.xml": "GET /sitemap.xml 200 ok",
    "/edge": "GET /edge 200 ok",
    "/legacy/first": "GET /legacy/[name] 200 ok",
    "/legacy/broken": "GET /legacy/[name] 500 server_error",
    "/rewritten/second": "GET /blog/[slug] 200 ok",
    "/old/first": "GET _unmatched 308 ok",
    "/private": "GET _unmatched 401 client_error",
    "/robots.txt": "GET _unmatched 200 ok",
    "/_next/image?url=%2Frobots.txt&w=64&q=75": "GET /_next/image 400 client_error",
    "/_next/static/other.js": "GET /_next/static/* 404 client_error",
    "/nothing/here": "GET _unmatched 404 client_error",
  };

  test("counts each request under the route that the application's files name", async () => {
    for (const path of Object.keys(rows)) await send(next, path);
    const expected: Record<string, number> = {};
    for (const row of Object.values(rows)) expected[row] = (expected[row] ?? 0) + 1;
    expect(await next.counts(Object.keys(rows).length)).toEqual(expected);
  });

  test("files of the build are one route", async () => {
    const { body } = await send(next, "/");
    const [file = "no file"] = /\/_next\/static\/[^"\\]+\.js/.exec(body) ?? [];
    expect((await send(next, file)).status).toBe(200);
    const labels = { method: "GET", route: "/_next/static/*", status_code: "200", outcome: "ok" };
    await vi.waitFor(async () => {
      expect((await next.page()).value("http_requests_total", labels)).toBe(1);
    }, PATIENCE);
  });

  test("one registry for instrumentation, route handlers and pages", async () => {
    const before = await next.page();
    await send(next, "/api/orders", { method: "POST" });
    await send(next, "/api/orders", { method: "POST" });
    await send(next, "/api/orders/legacy", { method: "POST" });
    await send(next, "/legacy/first");
    const after = await next.page();
    const taken = (router: string) =>
      (after.value("orders_total", { router }) ?? 0) -
      (before.value("orders_total", { router }) ?? 0);
    expect(["app", "pages", "server_side_props"].map(taken)).toEqual([2, 1, 1]);
  });

  test("what the proxy sends to another server makes no warning of too many listeners", async () => {
    expect((await send(next, "/elsewhere")).status).toBe(200);
    expect(next.output).not.toContain("Warning");
  });
});

test("a server of one's own", SLOW, async () => {
  const next = await start([join(NEXT_APP, "server.js")], NEXT_APP, build.environment);
  await send(next, "/own");
  await send(next, "/blog/first");
  expect(await next.counts(2)).toEqual({
    "GET _unmatched 200 ok": 1,
    "GET /blog/[slug] 200 ok": 1,
  });
});

test("a standalone server", SLOW, async () => {
  const repository = join(import.meta.dirname, "../..");
  const app = join(build.folder, "standalone", relative(repository, NEXT_APP));
  const address = { HOSTNAME: "127.0.0.1", PORT: String(await freePort()) };
  const next = await start([join(app, "server.js")], app, { ...build.environment, ...address });
  await send(next, "/blog/first");
  expect(await next.counts(1)).toEqual({ "GET /blog/[slug] 200 ok": 1 });
});

test("next dev with a base path counts on when a module is loaded again", SLOW, async () => {
  const app = await mkdtemp(join(NEXT_APP, ".next-dev-"));
  onTestFinished(() => rm(app, { recursive: true, force: true }));
  const files = ["package.json", "next.config.js", "instrumentation.js", "app/layout.js"];
  for (const file of [...files, "app/page.js", "app/api/orders"]) {
    await cp(join(NEXT_APP, file), join(app, file), { recursive: true });
  }
  const environment = nextEnvironment({ NEXT_APP_BASE_PATH: "/shop" });
  const next = await start([NEXT, "dev", ...ANY_PORT], app, environment);
  let orders = 0;
  const order = async () => {
    orders += 1;
    return (await send(next, "/shop/api/orders", { method: "POST" })).body;
  };
  expect(await order()).toBe("ordered");
  const handler = join(app, "app/api/orders/route.js");
  const code = await readFile(handler, "utf8");
  await writeFile(handler, code.replace('"ordered"', '"ordered again"'));
  await vi.waitFor(async () => expect(await order()).toBe("ordered again"), PATIENCE);
  await send(next, "/shop");
  await send(next, "/shop/_next/static/other.js");
  await send(next, "/api/orders");
  expect(await next.counts(orders + 3)).toEqual({
    "POST /shop/api/orders 200 ok": orders,
    "GET /shop 200 ok": 1,
    "GET /shop/_next/static/* 404 client_error": 1,
    "GET _unmatched 404 client_error": 1,
  });
  expect((await next.page()).value("orders_total", { router: "app" })).toBe(orders);
});

/** A standalone server takes no port 0. */

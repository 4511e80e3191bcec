import { createServer } from "node:http";
import { afterEach, expect, test, vi } from "vitest";
import { listen } from "../../../test/listening.ts";
import { liveHandler } from "../../live/index.ts";
import { Registry } from "../../registry/registry.ts";
import type { HttpMetricsOptions } from "../options.ts";
import { MetricsEndpoint } from "./endpoint.ts";

const BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";
const DATA = "application/vnd.narthex.live+json";

afterEach(() => void vi.unstubAllEnvs());

async function serve(options: HttpMetricsOptions) {
  const endpoint = new MetricsEndpoint(options);
  const url = await listen(createServer((request, response) => endpoint.send(request, response)));
  return (accept: string, path = "/metrics", init: RequestInit = {}) =>
    fetch(url + path, { ...init, headers: { accept } });
}

const typeOf = (response: Response) => response.headers.get("content-type");

test("is on in development alone, unless it is asked for", async () => {
  const registry = new Registry();
  expect(typeOf(await (await serve({ registry }))(BROWSER))).toContain("text/plain");
  for (const [mode, live, type] of [
    ["development", undefined, "text/html"],
    ["development", false, "text/plain"],
    ["production", undefined, "text/plain"],
    ["production", true, "text/html"],
    ["production", { historySeconds: 60 }, "text/html"],
  ] as const) {
    vi.stubEnv("NODE_ENV", mode);
    const ask = await serve({ registry, live });
    expect([mode, live, typeOf(await ask(BROWSER))]).toEqual([
      mode,
      live,
      `${type}; charset=utf-8`.replace("plain;", "plain; version=0.0.4;"),
    ]);
  }
});

test("a scraper gets the same page with it and without it", async () => {
  const pages = await Promise.all(
    [true, false].map(async (live) => {
      const registry = new Registry();
      registry.gauge({ name: "up", help: "It is." }).set(1);
      const ask = await serve({ registry, live });
      return Promise.all(
        ["*/*", "text/plain", "application/openmetrics-text", "nonsense"].map(async (accept) => {
          const response = await ask(accept, "/metrics?name[]=up&live=index");
          return [typeOf(response), response.headers.get("vary"), await response.text()];
        }),
      );
    }),
  );
  expect(pages[0]).toEqual(pages[1]);
});

test("browsers may load nothing else, and keep nothing", async () => {
  const ask = await serve({ registry: new Registry(), live: true });
  const { headers } = await ask(BROWSER);
  expect(headers.get("content-security-policy")).toMatch(
    /^default-src 'none'; .*frame-ancestors 'none'/,
  );
  expect(headers.get("cache-control")).toBe("no-store");
  expect(headers.get("vary")).toBe("accept, accept-encoding");
  expect(headers.get("x-content-type-options")).toBe("nosniff");
});

test("answers HEAD without a body, and other methods as before", async () => {
  const ask = await serve({ registry: new Registry(), live: true });
  const head = await ask(BROWSER, "/metrics", { method: "HEAD" });
  expect([head.status, typeOf(head), await head.text()]).toEqual([
    200,
    "text/html; charset=utf-8",
    "",
  ]);
  expect((await ask(BROWSER, "/metrics", { method: "POST" })).status).toBe(405);
});

test("lists families, their series and what went wrong", async () => {
  const registry = new Registry({ labels: { service: "shop" } });
  const jobs = registry.counter({ name: "jobs", help: "Jobs.", labels: ["kind"], limit: 2 });
  for (const kind of ["a", "b", "c", "c"]) jobs.inc({ kind });
  registry.gauge({
    name: "broken",
    help: "Fails.",
    collect() {
      throw new Error("the database is away");
    },
  });
  const ask = await serve({ registry, live: true });
  const read = async (query: string) =>
    (await ask(DATA, `/metrics?live=${query}`)).json() as Promise<Record<string, unknown>>;
  await ask("*/*");
  const { families, labels } = await read("index");
  expect(labels).toEqual([["service", "shop"]]);
  expect(families).toContainEqual({
    name: "jobs",
    exposed: "jobs_total",
    help: "Jobs.",
    type: "counter",
    series: 3,
  });
  expect(await read("series&name=jobs&filter=KIND=_oth")).toMatchObject({
    all: 3,
    found: 1,
    series: [
      {
        labels: [
          ["service", "shop"],
          ["kind", "_other"],
        ],
        value: 2,
      },
    ],
  });
  await ask("*/*");
  expect(await read("cardinality")).toMatchObject({
    families: expect.arrayContaining([
      expect.objectContaining({
        name: "jobs",
        series: 3,
        limit: 2,
        labels: [
          ["kind", 3],
          ["service", 1],
        ],
      }),
    ]),
    overflows: [{ family: "jobs", value: 2 }],
    lost: [{ family: "broken", value: 2 }],
    errors: [
      { family: "broken", message: "Error: the database is away", times: expect.any(Number) },
    ],
  });
  expect((await ask(DATA, "/metrics?live=nothing")).status).toBe(404);
});

test("callbacks are called by the page only while somebody looks, and count no errors", async () => {
  const registry = new Registry();
  const collect = vi.fn(() => {
    throw new Error("away");
  });
  registry.gauge({ name: "depth", help: "A query.", collect });
  const ask = await serve({ registry, live: true });
  await new Promise((resolve) => setTimeout(resolve, 1200));
  expect(collect).not.toHaveBeenCalled();
  await ask(DATA, "/metrics?live=index");
  expect(collect).toHaveBeenCalledTimes(1);
  expect(await registry.text()).not.toContain('narthex_collect_errors_total{family="depth"} 2');
});

test("does not fix the labels of the registry, as a page does", async () => {
  const registry = new Registry();
  registry.gauge({ name: "up", help: "It is." }).set(1);
  const ask = await serve({ registry, live: true });
  await ask(DATA, "/metrics?live=index");
  expect(() => registry.setLabels({ service: "shop" })).not.toThrow();
});

test.each([
  [{ live: "yes" }, "use true, false or an object"],
  [{ live: { historySeconds: 5 } }, "use seconds from 60 to 3600"],
  [{ live: { maxFamilies: 0 } }, "use a whole number from 1 to 1000"],
  [{ live: { traceUrl: "javascript:alert(1)//{trace_id}" } }, "use an address of http or https"],
  [{ live: { history: 5 } }, "historySeconds"],
])("refuses %j", (options, message) => {
  expect(() => new MetricsEndpoint(options as never)).toThrow(message);
});

test("liveHandler shows the page wherever it is called", async () => {
  const handler = liveHandler({ registry: new Registry() });
  const page = await handler(new Request("http://localhost/anywhere"));
  expect([page.status, typeOf(page)]).toEqual([200, "text/html; charset=utf-8"]);
  const data = await handler(
    new Request("http://localhost/a?live=index", { headers: { accept: DATA } }),
  );
  expect(await data.json()).toMatchObject({ families: expect.any(Array) });
  const post = await handler(new Request("http://localhost/a", { method: "POST" }));
  expect([post.status, post.headers.get("allow")]).toEqual([405, "GET, HEAD"]);
});

import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer, request, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { getRequestListener } from "@hono/node-server";
import { afterEach, describe, expect, test } from "vitest";
import { freePort } from "../../../scripts/servers/free-port.mjs";
import { fetchServer } from "../../../test/contracts/fetch-server.ts";
import { listen, urlOf } from "../../../test/listening.ts";
import { Registry } from "../../registry/registry.ts";
import { bearer } from "../page/authorize.ts";
import { stopMetricsServer } from "../page/server.ts";
import {
  type MetricsHandlerOptions,
  metricsHandler,
  type ServeMetricsOptions,
  serveMetrics,
} from "./index.ts";

const started: Server[] = [];
afterEach(() => {
  for (const server of started.splice(0)) stopMetricsServer(server);
});

async function start(options: Partial<ServeMetricsOptions> = {}): Promise<Server> {
  const server = await serveMetrics({ port: 0, registry: registryWith(1), ...options });
  started.push(server);
  return server;
}

function registryWith(value: number): Registry {
  const registry = new Registry();
  registry.gauge({ name: "up", help: "It is." }).set(value);
  return registry;
}

async function read(url: string, headers: Record<string, string> = {}) {
  const response = await fetch(url, { headers });
  return { status: response.status, headers: response.headers, body: await response.text() };
}

/** The ways by which a request gets to the page; each gives the URL of its server. */
const WAYS: Readonly<Record<string, (options: MetricsHandlerOptions) => Promise<string>>> = {
  serveMetrics: async (options) => urlOf(await start(options)),
  "metricsHandler, by fetch alone": (options) => listen(fetchServer(metricsHandler(options))),
  "metricsHandler, by @hono/node-server": (options) =>
    listen(createServer(getRequestListener(metricsHandler(options)))),
};

describe.each(Object.entries(WAYS))("%s", (_, serve) => {
  test("answers a scrape as it is asked for: format, name[], compression", async () => {
    const registry = registryWith(1);
    const labels = ["number"];
    const many = registry.gauge({ name: "many", help: "Many.", labels });
    for (let i = 0; i < 1000; i++) many.set({ number: i }, i);
    const url = `${await serve({ registry })}/metrics`;
    const page = await read(url, { "accept-encoding": "gzip" });
    expect(page.status).toBe(200);
    expect(page.headers.get("content-type")).toBe("text/plain; version=0.0.4; charset=utf-8");
    expect(page.headers.get("content-encoding")).toBe("gzip");
    expect(page.body).toContain("\nup 1\n");
    const accept = "application/openmetrics-text; version=1.0.0";
    const one = await read(`${url}?name[]=up`, { accept });
    expect(one.headers.get("content-type")).toContain("application/openmetrics-text");
    expect(one.body).toBe("# HELP up It is.\n# TYPE up gauge\nup 1\n# EOF\n");
  });

  test("answers HEAD without a body, and other methods with 405", async () => {
    const url = `${await serve({ registry: registryWith(1) })}/metrics`;
    const whole = await (await fetch(url)).text();
    const head = await fetch(url, { method: "HEAD" });
    expect([head.status, await head.text()]).toEqual([200, ""]);
    expect(Number(head.headers.get("content-length"))).toBeGreaterThan(whole.length / 2);
    const post = await fetch(url, { method: "POST", body: "up 2" });
    expect([post.status, post.headers.get("allow")]).toEqual([405, "GET, HEAD"]);
  });

  test("links the page on /, and tells where it is on other paths", async () => {
    const url = await serve({ registry: registryWith(1), path: "/a/page" });
    const root = await read(`${url}/?x=1`);
    expect([root.status, root.headers.get("content-type")]).toEqual([
      200,
      "text/html; charset=utf-8",
    ]);
    const [, href = ""] = /<a href="([^"]+)">/.exec(root.body) ?? [];
    expect((await read(new URL(href, `${url}/`).href)).body).toContain("\nup 1\n");
    const head = await fetch(url, { method: "HEAD" });
    expect([head.status, await head.text()]).toEqual([200, ""]);
    for (const path of ["/metrics", "/a/page/", "/a", "//", "/favicon.ico"]) {
      const other = await read(url + path);
      expect([path, other.status, other.body]).toEqual([
        path,
        404,
        "Not found. The metrics are at /a/page\n",
      ]);
    }
    expect((await fetch(url, { method: "DELETE" })).status).toBe(404);
  });

  test("asks who may read, but for the link", async () => {
    const authorize = bearer("secret");
    const url = await serve({ registry: registryWith(1), authorize });
    const refused = await read(`${url}/metrics`);
    expect([refused.status, refused.headers.get("www-authenticate")]).toEqual([401, "Bearer"]);
    expect((await read(`${url}/metrics`, { authorization: "Bearer secret" })).status).toBe(200);
    expect((await read(url)).status).toBe(200);
  });

  test("simultaneous scrapes share a page, and those past maxConcurrent get 503", async () => {
    const registry = new Registry();
    let calls = 0;
    let finish = (_value: number) => {};
    const collect = () => {
      calls += 1;
      return new Promise<number>((resolve) => {
        finish = resolve;
      });
    };
    registry.gauge({ name: "slow", help: "Slow.", collect });
    const url = `${await serve({ registry, maxConcurrent: 2 })}/metrics`;
    const statuses: number[] = [];
    const scrapes = [1, 2, 3].map(async () => {
      const { status } = await read(url);
      statuses.push(status);
      if (status === 503) finish(1);
    });
    await Promise.all(scrapes);
    expect([calls, statuses]).toEqual([1, [503, 200, 200]]);
  });

  test("a callback that hangs costs its family once the scraper's time is nearly over", async () => {
    const registry = registryWith(1);
    registry.gauge({ name: "hangs", help: "Hangs.", collect: () => new Promise(() => {}) });
    const headers = { "x-prometheus-scrape-timeout-seconds": "0.5" };
    const { body } = await read(`${await serve({ registry })}/metrics`, headers);
    expect(body).toContain("\nup 1\n");
    expect(body).not.toContain("hangs 0");
  });
});

describe("serveMetrics", () => {
  test("resolves once the server listens, on this machine alone", async () => {
    const server = await start();
    expect(server.listening).toBe(true);
    expect((server.address() as AddressInfo).address).toBe("127.0.0.1");
    expect((await start({ host: "localhost" })).listening).toBe(true);
  });

  test("rejects where the port is in use, and tells the way out", async () => {
    const other = await listen(createServer());
    const port = Number(new URL(other).port);
    await expect(start({ port })).rejects.toMatchObject({
      name: "NarthexError",
      code: "NARTHEX_LISTEN_FAILED",
      message: `No metrics on http://127.0.0.1:${port}/metrics: the port is in use. Choose another port with the option port, or 0 for any that is free.`,
      cause: { code: "EADDRINUSE" },
    });
  });

  test("rejects where the address is not one of this machine", async () => {
    await expect(start({ host: "192.0.2.1" })).rejects.toThrow(
      /^No metrics on http:\/\/192\.0\.2\.1:0\/metrics: listen EADDRNOTAVAIL.*\. Choose another host with/,
    );
  });

  test("can have the port once it is free", async () => {
    const other = createServer();
    const port = Number(new URL(await listen(other)).port);
    await expect(start({ port })).rejects.toThrow("the port is in use");
    await once(other.close(), "close");
    expect((await read(`${urlOf(await start({ port }))}/metrics`)).status).toBe(200);
  });

  test("goes on with the newest registry where this process serves metrics already", async () => {
    const port = await freePort();
    const [first, atOnce] = await Promise.all([
      start({ port, registry: registryWith(1) }),
      start({ port, registry: registryWith(2) }),
    ]);
    const stopping = new AbortController();
    const again = await start({ port, registry: registryWith(3), signal: stopping.signal });
    expect([atOnce === first, again === first]).toEqual([true, true]);
    const url = `${urlOf(first)}/metrics`;
    expect((await read(url)).body).toContain("up 3\n");
    stopping.abort();
    expect((await read(url)).body).toContain("up 2\n");
  });

  test("leaves nothing on a server that goes on after its signal is aborted", async () => {
    const port = await freePort();
    const server = await start({ port });
    const before = server.listenerCount("close");
    for (let i = 0; i < 3; i++) {
      const stopping = new AbortController();
      expect(await start({ port, signal: stopping.signal })).toBe(server);
      stopping.abort();
    }
    expect(server.listening).toBe(true);
    expect(server.listenerCount("close")).toBe(before);
  });

  test("starts anew where the application itself is closing the server", async () => {
    const port = await freePort();
    const old = await start({ port });
    const page = request({ port, path: "/metrics", agent: false }).on("error", () => {});
    await once(page.end(), "response");
    old.close();
    const server = await start({ port, registry: registryWith(2) });
    expect((await read(`${urlOf(server)}/metrics`)).body).toContain("up 2\n");
    page.destroy();
  });

  test("stops when the signal is aborted", async () => {
    const stopping = new AbortController();
    const server = await start({ signal: stopping.signal });
    const url = urlOf(server);
    const closed = once(server, "close");
    stopping.abort();
    await closed;
    await expect(fetch(url)).rejects.toThrow("fetch failed");
  });

  test("rejects with the signal's reason where that is aborted before it listens", async () => {
    const reason = new Error("too late");
    await expect(start({ signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    const stopping = new AbortController();
    const starting = start({ host: "localhost", signal: stopping.signal });
    stopping.abort(reason);
    await expect(starting).rejects.toBe(reason);
  });

  test.each([
    [{ port: undefined }, "option port is undefined: use a port from 0 to 65535"],
    [{ port: 65_536 }, "option port is 65536: use a port from 0 to 65535"],
    [{ path: false }, 'option path is false: use a path that begins with a slash, such as "/'],
    [{ path: "*" }, 'option path is "*": use a path that begins with a slash, such as "/metrics"'],
  ])("rejects %j", async (options, message) => {
    await expect(start(options as object)).rejects.toThrow(message);
  });
});

describe("a program that has nothing else to do", () => {
  const program = (then: string) => `
    import { serveMetrics } from ${JSON.stringify(import.meta.resolve("../../../dist/http/serve/index.js"))};
    const server = await serveMetrics({ port: 0, host: "localhost" });
    process.send("it listens");
    ${then}`;

  function run(then: string) {
    const args = ["--input-type=module", "--eval", program(then)];
    return spawn(process.execPath, args, { stdio: ["ignore", "ignore", "inherit", "ipc"] });
  }

  test("ends, though its metrics are served", async () => {
    expect(await once(run("process.disconnect();"), "exit")).toEqual([0, null]);
  });

  test("goes on if it refers to the server", async () => {
    const child = run("server.ref(); process.disconnect();");
    await once(child, "disconnect");
    await Promise.race([once(child, "exit"), sleep(300)]);
    expect(child.exitCode).toBe(null);
    child.kill();
    expect(await once(child, "exit")).toEqual([null, "SIGTERM"]);
  });
});

describe("metricsHandler", () => {
  test("serves the page on whatever path a router has chosen, with path *", async () => {
    const handler = metricsHandler({ registry: registryWith(1), path: "*" });
    for (const path of ["/internal/metrics", "/", "/metrics?name[]=up"]) {
      const response = await handler(new Request(`http://localhost${path}`));
      expect([path, response.status]).toEqual([path, 200]);
      expect(await response.text()).toContain("up 1\n");
    }
  });

  test.each(["metrics", false, ""])("throws where the path is %j", (path) => {
    expect(() => metricsHandler({ path: path as string })).toThrow(
      'use a path that begins with a slash, or "*" for every path',
    );
  });

  test("escapes the path in the link", async () => {
    const handler = metricsHandler({ registry: registryWith(1), path: '/"><b>&amp;' });
    const page = await (await handler(new Request("http://localhost/"))).text();
    expect(page).toContain('<a href="./&quot;><b>&amp;amp;">');
  });

  test("does not hold up a request whose client has left", async () => {
    const leaving = new AbortController();
    const registry = new Registry();
    registry.gauge({ name: "hangs", help: "Hangs.", collect: () => new Promise(() => {}) });
    const handler = metricsHandler({ registry });
    const { signal } = leaving;
    const answer = handler(new Request("http://localhost/metrics", { signal }));
    leaving.abort();
    expect((await answer).status).toBe(500);
  });
});

import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { connect as connectHttp2, createServer as createHttp2Server } from "node:http2";
import { type AddressInfo, connect, type Socket } from "node:net";
import { setTimeout as later } from "node:timers/promises";
import express from "express";
import fastify from "fastify";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { httpMetrics as expressMetrics } from "../../src/http/express/index.ts";
import { httpMetrics as fastifyMetrics } from "../../src/http/fastify/index.ts";
import { httpMetrics, monitor, type NodeServer } from "../../src/http/node/index.ts";
import type { HttpMetricsOptions } from "../../src/http/options.ts";
import { Registry } from "../../src/index.ts";
import { parseTextPage } from "../text-page.ts";

/** The long form of the attacks: more of everything. */
const TIMES = process.env.NARTHEX_LONG === "1" ? 10 : 1;

const stops: (() => unknown)[] = [];
let registry: Registry;
beforeEach(() => {
  registry = new Registry();
  vi.spyOn(process, "emitWarning").mockImplementation(() => {});
});
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
  vi.restoreAllMocks();
});

async function listen(server: NodeServer): Promise<number> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  stops.push(() => {
    (server as Server).closeAllConnections?.();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

async function serve(options: HttpMetricsOptions = {}): Promise<number> {
  const server = createServer((_request, response) => response.end("the application"));
  httpMetrics(server, { registry, ...options });
  return listen(server);
}

/** A client that sends a scrape, and reads nothing unless it is told to. */
function client(port: number, headers = "", times = 1): Socket {
  const socket = connect(port, "127.0.0.1")
    .pause()
    .on("error", () => {});
  socket.write(`GET /metrics HTTP/1.1\r\nHost: a\r\n${headers}\r\n`.repeat(times));
  stops.push(() => socket.destroy());
  return socket;
}

async function statusOf(port: number): Promise<number> {
  const response = await fetch(`http://127.0.0.1:${port}/metrics`);
  await response.arrayBuffer();
  return response.status;
}

/** How many scrapes had this result. */
async function scrapes(result: string): Promise<number> {
  const { body } = await registry.expose({ names: ["narthex_scrapes"] });
  const page = parseTextPage(new TextDecoder().decode(body));
  return page.value("narthex_scrapes_total", { result }) ?? 0;
}

/** A registry whose page is larger than what systems buffer for a connection. */
function fill(): void {
  const counter = registry.counter({ name: "large", help: "", labels: ["i"], limit: 50_000 });
  for (let i = 0; i < 50_000; i += 1) counter.inc({ i: `${"x".repeat(200)}${i}` });
}

function hang(): void {
  registry.gauge({ name: "hangs", help: "", collect: () => new Promise<number>(() => {}) });
}

describe("clients that leave", () => {
  test.each([
    ["8 of them", 8, 1],
    ["one that has sent 8 requests at once", 1, 8],
  ])("hold no slot, though a callback hangs: %s", async (_, clients, requests) => {
    hang();
    const port = await serve();
    for (let time = 0; time < TIMES; time += 1) {
      const header = "X-Prometheus-Scrape-Timeout-Seconds: 60\r\n";
      const sockets = Array.from({ length: clients }, () => client(port, header, requests));
      await vi.waitFor(async () => expect(await statusOf(port)).toBe(503));
      for (const socket of sockets) socket.destroy();
      await vi.waitFor(async () => expect(await scrapes("unsent")).toBe(8 * (time + 1)));
    }
    const response = await fetch(`http://127.0.0.1:${port}/metrics`, {
      headers: { "X-Prometheus-Scrape-Timeout-Seconds": "1" },
    });
    expect(response.status).toBe(200);
    await response.text();
    expect(await scrapes("ok")).toBe(1);
  });

  test("end a page that nobody waits for any more", async () => {
    let stopped = 0;
    const collect = ({ signal }: { signal: AbortSignal }) =>
      new Promise<number>((_, reject) => {
        signal.addEventListener("abort", () => {
          stopped += 1;
          reject(signal.reason);
        });
      });
    registry.gauge({ name: "slow", help: "", collect });
    const port = await serve();
    const sockets = [client(port), client(port)];
    await later(50);
    sockets[0]?.destroy();
    await later(50);
    expect(stopped).toBe(0);
    sockets[1]?.destroy();
    await vi.waitFor(() => expect(stopped).toBe(1));
  });

  test("free their slots on HTTP/2, too", async () => {
    hang();
    const server = createHttp2Server((_request, response) => response.end());
    httpMetrics(server, { registry });
    const session = connectHttp2(`http://127.0.0.1:${await listen(server)}`).on("error", () => {});
    stops.push(() => session.destroy());
    for (let i = 0; i < 8; i += 1) {
      const stream = session.request({ ":path": "/metrics" }).on("error", () => {});
      await later(10);
      stream.close(8);
    }
    await vi.waitFor(async () => expect(await scrapes("unsent")).toBe(8));
  });
});

describe("clients that do not read their page", () => {
  const impatient = "X-Prometheus-Scrape-Timeout-Seconds: 0.001\r\n";

  async function subject(kind: string): Promise<number> {
    if (kind === "node") return serve();
    const app = fastify();
    await app.register(fastifyMetrics, { registry });
    await app.listen({ port: 0, host: "127.0.0.1" });
    stops.push(() => app.close());
    return (app.server.address() as AddressInfo).port;
  }

  test.each(["node", "fastify"])("hold a slot each until their time is over: %s", async (kind) => {
    fill();
    const port = await subject(kind);
    for (let i = 0; i < 8; i += 1) {
      client(port, impatient);
      await later(30);
    }
    await vi.waitFor(async () => expect(await statusOf(port)).toBe(503), { timeout: 3000 });
    await vi.waitFor(async () => expect(await scrapes("unsent")).toBe(8), { timeout: 10_000 });
    expect(await statusOf(port)).toBe(200);
  });

  test("lose their streams on HTTP/2, and no more of the connection", async () => {
    fill();
    const server = createHttp2Server((_request, response) => response.end());
    httpMetrics(server, { registry });
    const session = connectHttp2(`http://127.0.0.1:${await listen(server)}`).on("error", () => {});
    stops.push(() => session.destroy());
    const stream = session.request({
      ":path": "/metrics",
      "x-prometheus-scrape-timeout-seconds": "0.001",
    });
    stream.pause().on("error", () => {});
    await vi.waitFor(async () => expect(await scrapes("unsent")).toBe(1), { timeout: 10_000 });
    expect(session.destroyed).toBe(false);
  });

  test("and read it late, but in time, get all of it", async () => {
    fill();
    const port = await serve();
    const socket = client(port);
    await later(200);
    let bytes = 0;
    socket.on("data", (chunk) => {
      bytes += chunk.length;
    });
    socket.resume();
    await vi.waitFor(async () => expect(await scrapes("ok")).toBe(1), { timeout: 10_000 });
    await vi.waitFor(() => expect(bytes).toBeGreaterThan(10_000_000));
  });
});

describe("what a scraper asks for is clamped", () => {
  test.each(["0.001", "0.5", "1e-300"])("a timeout of %s is half a second", async (seconds) => {
    registry.gauge({ name: "slow", help: "", collect: () => later(150, 5) });
    const port = await serve();
    const headers = { "X-Prometheus-Scrape-Timeout-Seconds": seconds };
    const response = await fetch(`http://127.0.0.1:${port}/metrics`, { headers });
    expect(parseTextPage(await response.text()).value("slow")).toBe(5);
  });

  test("a slow callback is on every page of a patient scraper, whatever an impatient one does", async () => {
    registry.gauge({ name: "slow", help: "", collect: () => later(300, 5) });
    const port = await serve();
    let isOver = false;
    const attack = (async () => {
      while (!isOver) {
        client(port, "X-Prometheus-Scrape-Timeout-Seconds: 0.001\r\n").resume();
        await later(100);
      }
    })();
    for (let i = 0; i < 3 * TIMES; i += 1) {
      const headers = { "X-Prometheus-Scrape-Timeout-Seconds": "10" };
      const response = await fetch(`http://127.0.0.1:${port}/metrics`, { headers });
      expect(response.status).toBe(200);
      expect(parseTextPage(await response.text()).value("slow")).toBe(5);
    }
    isOver = true;
    await attack;
  });

  test("a filter of very many names costs no more than the names and the families", async () => {
    for (let i = 0; i < 5000; i += 1) registry.histogram({ name: `h${i}`, help: "", buckets: [] });
    const names = Array.from({ length: 5000 }, (_, i) => `other${i}`);
    await registry.expose({ names });
    let begun = performance.now();
    await registry.expose({ names: names.slice(0, 1) });
    const one = performance.now() - begun;
    begun = performance.now();
    await registry.expose({ names });
    expect(performance.now() - begun).toBeLessThan(20 * one + 100);
  });
});

describe("what was refused, and why something failed, is told", () => {
  test("refused scrapes are counted by their reason", async () => {
    const port = await serve({ authorize: (request) => request.header("X-Token") === "right" });
    const url = `http://127.0.0.1:${port}/metrics`;
    for (let i = 0; i < 3; i += 1) expect((await fetch(url)).status).toBe(403);
    const headers = { "x-token": "right" };
    expect((await fetch(url, { headers, method: "POST" })).status).toBe(405);
    expect((await fetch(url, { headers })).status).toBe(200);
    await vi.waitFor(async () => expect(await scrapes("ok")).toBe(1));
    expect(await scrapes("unauthorized")).toBe(3);
    expect(await scrapes("method_not_allowed")).toBe(1);
  });

  test("a scrape that fails says why, once", async () => {
    const port = await serve();
    vi.spyOn(registry, "expose").mockRejectedValue(new Error("out of memory"));
    for (let i = 0; i < 3; i += 1) expect(await statusOf(port)).toBe(500);
    expect(process.emitWarning).toHaveBeenCalledTimes(1);
    const [[warning] = []] = vi.mocked(process.emitWarning).mock.calls;
    expect(warning).toContain("Error: out of memory");
  });

  test.each([
    ["throws a symbol", Symbol("no")],
    ["throws an object without a prototype", Object.create(null)],
  ])("an authorize that %s lets nobody in, and is told of once", async (_, thrown) => {
    const fail = () => {
      throw thrown;
    };
    const port = await serve({ authorize: fail });
    for (let i = 0; i < 3; i += 1) expect(await statusOf(port)).toBe(403);
    expect(process.emitWarning).toHaveBeenCalledTimes(1);
  });
});

describe("a response that somebody else has dealt with", () => {
  test.each(["answered", "destroyed"])("and %s does no harm", async (how) => {
    registry.gauge({ name: "slow", help: "", collect: () => later(50, 5) });
    const unhandled = vi.fn();
    process.on("unhandledRejection", unhandled);
    const app = express();
    app.use((_request, response, next) => {
      setTimeout(() => {
        if (how === "answered") response.status(503).end("too slow");
        else response.destroy();
      }, 10);
      next();
    });
    app.use(expressMetrics({ registry }));
    const port = await listen(createServer(app));
    const response = await fetch(`http://127.0.0.1:${port}/metrics`).catch(() => undefined);
    expect(response?.status).toBe(how === "answered" ? 503 : undefined);
    await later(100);
    process.off("unhandledRejection", unhandled);
    expect(unhandled).not.toHaveBeenCalled();
  });
});

describe("the address of a port of its own", () => {
  test.each(["", " "])("is not everywhere where host is %j", async (host) => {
    const server = monitor(createServer(), { registry, port: 0, host });
    await once(server, "listening");
    stops.push(() => server.close());
    expect((server.address() as AddressInfo).address).toBe("127.0.0.1");
  });

  test.each([null, 0, false])("can't be %j", (host) => {
    expect(() => monitor(createServer(), { registry, port: 0, host: host as never })).toThrow(
      /option host is .*: use an address/,
    );
  });

  test("has brackets in the warning where it is one of IPv6", async () => {
    const taken = createServer().listen(0, "::1");
    await once(taken, "listening");
    stops.push(() => taken.close());
    const { port } = taken.address() as AddressInfo;
    monitor(createServer(), { registry, port, host: "::1" });
    await vi.waitFor(() => expect(process.emitWarning).toHaveBeenCalled());
    const [[warning] = []] = vi.mocked(process.emitWarning).mock.calls;
    expect(warning).toContain(`http://[::1]:${port}/metrics`);
  });
});

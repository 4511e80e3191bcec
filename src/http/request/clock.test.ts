import { createServer, type RequestListener } from "node:http";
import { setImmediate as nextTurn } from "node:timers/promises";
import fastify from "fastify";
import { Hono } from "hono";
import { afterEach, expect, test, vi } from "vitest";
import { intoServer } from "../../../test/contracts/inject.ts";
import { Registry } from "../../registry/registry.ts";
import { httpMetrics as fastifyMetrics } from "../fastify/index.ts";
import { httpMetrics as honoMetrics } from "../hono/index.ts";
import { httpMetrics } from "../node/index.ts";

afterEach(() => {
  vi.useRealTimers();
});

/** The clock of tests stands at 0 until they move it. */
function stopClock() {
  vi.useFakeTimers({ toFake: ["performance", "Date", "setTimeout", "clearTimeout"], now: 0 });
  expect(performance.now()).toBe(0);
}

async function countOf(registry: Registry): Promise<string[]> {
  const lines = (await registry.text()).split("\n");
  return lines
    .filter((line) => /^http_requests_(?:total|in_flight)/.test(line))
    .map((line) => line.slice(line.lastIndexOf(" ") + 1));
}

const ANSWER: RequestListener = (_request, response) => response.end("hello");

const APPLICATIONS: Readonly<Record<string, (registry: Registry) => Promise<unknown>>> = {
  "node:http": async (registry) => {
    const server = createServer(ANSWER);
    httpMetrics(server, { registry, metrics: { timeToHeaders: true } });
    await intoServer(server)("/");
  },
  Fastify: async (registry) => {
    const app = fastify();
    await app.register(fastifyMetrics, { registry });
    app.get("/", async () => "hello");
    await app.inject("/");
  },
  Hono: async (registry) => {
    const app = new Hono().use(honoMetrics({ registry })).get("/", (c) => c.text("hello"));
    await app.request("/");
  },
};

test.each(Object.keys(APPLICATIONS))(
  "%s: a request while the clock stands at 0 is counted once and ends",
  async (name) => {
    stopClock();
    const registry = new Registry();
    await APPLICATIONS[name]?.(registry);
    await nextTurn();
    await nextTurn();
    expect(await countOf(registry)).toEqual(["1", "0"]);
  },
);

test("a clock that is set back during a request gives no negative duration", async () => {
  const registry = new Registry();
  const server = createServer((_request, response) => {
    stopClock();
    response.end("hello");
  });
  httpMetrics(server, { registry });
  await intoServer(server)("/");
  expect(await registry.text()).toMatch(/^http_request_duration_seconds_sum\{.*\} 0$/m);
});

import { createServer } from "node:http";
import type { INestApplication } from "@nestjs/common";
import express from "express";
import Fastify from "fastify";
import { Hono } from "hono";
import Koa from "koa";
import { expect, test } from "vitest";
import { Registry } from "../registry/registry.ts";
import * as byExpress from "./express/index.ts";
import * as byFastify from "./fastify/index.ts";
import * as byHono from "./hono/index.ts";
import * as byKoa from "./koa/index.ts";
import * as byNest from "./nest/index.ts";
import * as byNext from "./next/index.ts";
import * as byNode from "./node/index.ts";

/** What JavaScript can call: types would refuse it. */
type Untyped = (...given: unknown[]) => unknown;

const nest = { use() {}, getHttpAdapter() {} } as unknown as INestApplication;
const port = 0;

function refusal(message: string) {
  return expect.objectContaining({
    code: "NARTHEX_OPTION_INVALID",
    message: expect.stringContaining(message),
  });
}

test.each([
  ["node", byNode, createServer()],
  ["express", byExpress, express()],
  ["koa", byKoa, new Koa()],
  ["hono", byHono, new Hono()],
  ["fastify", byFastify, Fastify()],
  ["nest", byNest, nest],
])("monitor of narthex/%s needs an application and a port", (entry, { monitor }, app) => {
  const registry = new Registry();
  const call = monitor as Untyped;
  for (const unset of [{}, { port: undefined }]) {
    expect(() => call(app, { registry, ...unset })).toThrow(
      refusal("monitor: option port is undefined: use a port from 0 to 65535, such as 9464, or"),
    );
  }
  expect(() => call(app, { registry, port: "9464" })).toThrow(
    refusal('option port is "9464": it is a string, and a port is a number: use Number(…)'),
  );
  expect(() => call({ registry, port })).toThrow(
    refusal(`monitor() of narthex/${entry} was given an object: pass the`),
  );
  expect(registry.families()).toEqual([]);
});

test("monitor of narthex/next needs a port", () => {
  expect(() => (byNext.monitor as Untyped)({ port: undefined })).toThrow(
    refusal("monitor: option port is undefined"),
  );
});

test.each([
  ["node", byNode, express(), "narthex/express"],
  ["express", byExpress, new Koa(), "narthex/koa"],
  ["koa", byKoa, express(), "narthex/express"],
  ["koa", byKoa, new Hono(), "narthex/hono"],
  ["koa", byKoa, nest, "narthex/nest"],
  ["hono", byHono, createServer(), "narthex/node"],
  ["fastify", byFastify, express(), "narthex/express"],
  ["nest", byNest, Fastify(), "narthex/fastify"],
])(
  "monitor of narthex/%s names the entry of another framework's application (%#)",
  (entry, { monitor }, app, other) => {
    expect(() => (monitor as Untyped)(app, { port })).toThrow(
      refusal(`monitor() of narthex/${entry} was given `),
    );
    expect(() => (monitor as Untyped)(app, { port })).toThrow(refusal(`: use ${other}.`));
  },
);

test("httpMetrics of narthex/node needs a server", () => {
  const call = byNode.httpMetrics as Untyped;
  expect(() => call()).toThrow(
    refusal(
      "httpMetrics() of narthex/node was given undefined: pass the server first, as in httpMetrics(server).",
    ),
  );
  expect(() => call(express())).toThrow(
    refusal("was given an application of another framework: use narthex/express."),
  );
});

test("what is only like an application of Express, Koa or Hono can be monitored", () => {
  const app = { use() {} };
  for (const { monitor } of [byExpress, byKoa, byHono]) {
    monitor(app, { port, registry: new Registry() }).close();
  }
  byExpress.monitor(nest, { port, registry: new Registry() }).close();
});

test("app.register(httpMetrics()) of Fastify says that it is not to be called", async () => {
  const app = Fastify();
  app.register((byFastify.httpMetrics as Untyped)() as never);
  await expect(app.ready()).rejects.toThrow(
    refusal("register it without calling it, as in await app.register(httpMetrics, { … })"),
  );
});

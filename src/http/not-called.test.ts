import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import express from "express";
import { Hono } from "hono";
import Koa from "koa";
import { expect, onTestFinished, test } from "vitest";
import { httpMetrics as expressMetrics } from "./express/index.ts";
import { httpMetrics as honoMetrics } from "./hono/index.ts";
import { httpMetrics as koaMetrics } from "./koa/index.ts";

const SAYS = "call it, as in app.use(httpMetrics()).";

async function statusOf(listener: RequestListener): Promise<number> {
  const server = createServer(listener).listen(0, "127.0.0.1");
  onTestFinished(() => void server.close());
  await once(server, "listening");
  return (await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)).status;
}

test("app.use(httpMetrics) does not compile on Express, and says at run time what is missing", async () => {
  const errors: unknown[] = [];
  const app = express();
  // @ts-expect-error: it has to be called.
  app.use(expressMetrics);
  app.use(((error, _request, response, _next) => {
    errors.push(error.message);
    response.sendStatus(500);
  }) satisfies express.ErrorRequestHandler);
  expect(await statusOf(app)).toBe(500);
  expect(errors).toEqual([expect.stringContaining(SAYS)]);
});

test("app.use(httpMetrics) does not compile on Koa, and says at run time what is missing", async () => {
  const errors: unknown[] = [];
  const app = new Koa();
  app.on("error", ({ message }: Error) => errors.push(message));
  // @ts-expect-error: it has to be called.
  app.use(koaMetrics);
  expect(await statusOf(app.callback())).toBe(500);
  expect(errors).toEqual([expect.stringContaining(SAYS)]);
});

test("app.use(httpMetrics) does not compile on Hono, and says at run time what is missing", async () => {
  const errors: unknown[] = [];
  const app = new Hono();
  // @ts-expect-error: it has to be called.
  app.use(honoMetrics);
  app.onError((error, c) => {
    errors.push(error.message);
    return c.text("", 500);
  });
  expect((await app.request("/")).status).toBe(500);
  expect(errors).toEqual([expect.stringContaining(SAYS)]);
});

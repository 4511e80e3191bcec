import { once } from "node:events";
import { Readable } from "node:stream";
import { json } from "node:stream/consumers";
import Router from "@koa/router";
import Koa from "koa";
import mount from "koa-mount";
import { httpMetrics } from "../../../src/http/koa/index.ts";
import { BIG_BYTES, big, dripping, events, failing, PLAIN, sizeOf } from "../bodies.ts";
import { intoListener } from "../inject.ts";
import type { Subject } from "../subject.ts";

export const koaSubject: Subject = {
  name: "Koa",
  templates: {
    user: "/api/v1/users/:userId/posts/:postId",
    broken: "/api/v1/users/:userId/broken",
    wildcard: "/files/*path",
  },
  async start(calls) {
    const app = new Koa();
    // Errors are what many scenarios are about.
    app.silent = true;
    for (const options of calls) app.use(httpMetrics(options));
    app.use((ctx, next) => (ctx.get("x-refused") === "" ? next() : ctx.throw(401)));
    app.use(mount("/api", api()));
    const router = routes();
    app.use(router.routes()).use(router.allowedMethods());
    const server = app.listen(0, "127.0.0.1");
    await once(server, "listening");
    return {
      server,
      inject: intoListener(app.callback()),
      close: () => once(server.close(), "close"),
    };
  },
};

function api(): Koa {
  const users = new Router({ prefix: "/users/:userId" });
  users.get("/posts/:postId", (ctx) => {
    const { userId, postId } = ctx.params;
    ctx.body = `${userId} ${postId}`;
  });
  users.get("/broken", () => {
    throw new Error("The handler of /broken throws.");
  });
  const v1 = new Router().use("/v1", users.routes());
  const app = new Koa();
  app.use(v1.routes());
  return app;
}

function routes(): Router {
  const router = new Router();
  router.get("/plain", (ctx) => {
    ctx.body = PLAIN;
  });
  router.get("/files/*path", (ctx) => {
    ctx.body = "a file";
  });
  router.post("/echo", async (ctx) => {
    ctx.body = await json(ctx.req).catch(() => ctx.throw(400));
  });
  router.get("/throws", () => {
    throw new Error("The handler of /throws throws.");
  });
  router.get("/rejects", async () => {
    throw new Error("The promise of /rejects is rejected.");
  });
  router.get("/silent", () => new Promise(() => {}));
  router.get("/stream", (ctx) => {
    ctx.body = Readable.from(dripping());
  });
  router.get("/events", (ctx) => {
    ctx.type = "text/event-stream";
    ctx.body = Readable.from(events());
  });
  router.get("/fails", (ctx) => {
    ctx.body = Readable.from(failing());
  });
  router.get("/big", (ctx) => {
    ctx.body = Readable.from(big());
    ctx.length = BIG_BYTES;
  });
  router.post("/upload", async (ctx) => {
    ctx.body = String(await sizeOf(ctx.req));
  });
  return router;
}

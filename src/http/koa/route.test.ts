import { createServer } from "node:http";
import Router from "@koa/router";
import Koa from "koa";
import mount from "koa-mount";
import { expect, test } from "vitest";
import { listen } from "../../../test/listening.ts";
import { trackMounts } from "./mounts.ts";
import { koaRoute } from "./route.ts";

/** The routes of requests, as they are told when each has been answered. */
async function routesOf(
  build: (app: Koa) => unknown,
  ...requests: readonly string[]
): Promise<unknown[]> {
  const app = new Koa();
  app.silent = true;
  const routes: unknown[] = [];
  app.use((ctx, next) => {
    trackMounts(ctx);
    ctx.res.once("finish", () => routes.push(koaRoute(ctx)));
    return next();
  });
  build(app);
  const url = await listen(createServer(app.callback()));
  for (const request of requests) {
    const [method = "", path = ""] = request.split(" ");
    const answer = await fetch(url + path, { method, redirect: "manual" });
    await answer.arrayBuffer();
  }
  return routes;
}

function answer(ctx: Koa.Context): void {
  ctx.body = "ok";
}

test("the template of a route, for HEAD too", async () => {
  const router = new Router();
  router.get("/users/:id", answer).post("/users/:id", answer).get("/", answer);
  const requests = ["GET /users/1?a=b", "HEAD /users/1", "POST /users/1", "GET /"];
  expect(await routesOf((app) => app.use(router.routes()), ...requests)).toEqual([
    "/users/:id",
    "/users/:id",
    "/users/:id",
    "/",
  ]);
});

test("no route took what is not found, and what allowedMethods answers", async () => {
  const router = new Router();
  router.use((_ctx, next) => next());
  router.get("/users", answer);
  const build = (app: Koa) => app.use(router.routes()).use(router.allowedMethods());
  const requests = ["GET /nothing", "DELETE /users", "OPTIONS /users", "PROPFIND /users"];
  expect(await routesOf(build, ...requests)).toEqual([undefined, undefined, undefined, undefined]);
});

test("the prefixes of nested routers", async () => {
  const posts = new Router();
  posts.get("/", answer).get("/:postId", answer).get("/files/*path", answer);
  const users = new Router({ prefix: "/users/:userId" });
  users.use("/posts", posts.routes());
  const api = new Router();
  api.use("/v1", users.routes());
  api.prefix("/api");
  const users1 = "GET /api/v1/users/1";
  const requests = [`${users1}/posts`, `${users1}/posts/2`, `${users1}/posts/files/a/b`];
  expect(await routesOf((app) => app.use(api.routes()), ...requests)).toEqual([
    "/api/v1/users/:userId/posts",
    "/api/v1/users/:userId/posts/:postId",
    "/api/v1/users/:userId/posts/files/*path",
  ]);
});

test("a route that is a regular expression", async () => {
  const router = new Router();
  router.get(/^\/items\/(\d+)$/, answer);
  expect(
    await routesOf((app) => app.use(router.routes()), "GET /items/12", "GET /items/ab"),
  ).toEqual(["/^\\/items\\/(\\d+)$/", undefined]);
});

test("the one that began last, of several routes that match", async () => {
  const router = new Router();
  router.get("/a/first", answer);
  router.get("/a/:name", (ctx, next) => (ctx.path === "/a/both" ? next() : answer(ctx)));
  router.get("/a/{*rest}", answer);
  expect(
    await routesOf((app) => app.use(router.routes()), "GET /a/first", "GET /a/one", "GET /a/both"),
  ).toEqual(["/a/first", "/a/:name", "/a/{*rest}"]);
});

test("the route that a router's middleware answers for", async () => {
  const router = new Router();
  router.get("/open", answer);
  router.use((ctx) => ctx.throw(401));
  router.get("/closed/:id", answer).get("/closed/{*rest}", answer);
  expect(
    await routesOf((app) => app.use(router.routes()), "GET /open", "GET /closed/1", "GET /nothing"),
  ).toEqual(["/open", "/closed/:id", undefined]);
});

test("an error inside a route", async () => {
  const router = new Router();
  router.get("/throws/:id", () => {
    throw new Error("broken");
  });
  router.get("/rejects/:id", async () => Promise.reject(new Error("broken")));
  expect(
    await routesOf((app) => app.use(router.routes()), "GET /throws/1", "GET /rejects/1"),
  ).toEqual(["/throws/:id", "/rejects/:id"]);
});

test("a route that another router's middleware comes after", async () => {
  const first = new Router();
  first.get("/a", (_ctx, next) => next());
  const second = new Router();
  second.use(answer);
  second.get("/other", answer);
  const build = (app: Koa) => app.use(first.routes()).use(second.routes());
  expect(await routesOf(build, "GET /a")).toEqual(["/a"]);
});

test("the prefixes of mounted apps", async () => {
  const router = new Router();
  router.get("/users/:id", answer).get("/", answer);
  const inner = new Koa();
  inner.use(router.routes());
  const outer = new Koa();
  outer.use(mount("/v1", inner)).use(router.routes());
  const build = (app: Koa) => app.use(mount("/api", outer)).use(router.routes());
  const requests = ["/api/v1/users/1", "/api/users/1", "/users/1", "/api/v1", "/api/v1/nothing"];
  expect(await routesOf(build, ...requests.map((path) => `GET ${path}`))).toEqual([
    "/api/v1/users/:id",
    "/api/users/:id",
    "/users/:id",
    "/api/v1",
    undefined,
  ]);
});

test("a route outside of an app that was entered and left", async () => {
  const router = new Router();
  router.get("/api/users/:id", answer);
  const through = mount("/api", (_ctx, next) => next());
  const build = (app: Koa) => app.use(through).use(router.routes());
  expect(await routesOf(build, "GET /api/users/1")).toEqual(["/api/users/:id"]);
});

test("a mounted app without a router, for what it answers", async () => {
  const inner = new Koa();
  inner.use((ctx, next) => {
    expect(ctx.mountPath).toBe("/files");
    return ctx.path === "/a.txt" ? answer(ctx) : next();
  });
  const requests = ["GET /files/a.txt", "GET /files/b.txt", "GET /a.txt"];
  expect(await routesOf((app) => app.use(mount("/files", inner)), ...requests)).toEqual([
    "/files",
    undefined,
    undefined,
  ]);
});

test("a mounted app without a router behind one that took nothing, or passed the request on", async () => {
  const router = new Router();
  router.get("/users/:id", answer);
  const all = new Router();
  all.all("/{*all}", (_ctx, next) => next());
  const files = mount("/files", new Koa().use(answer));
  const requests = ["GET /files/a.txt", "GET /users/1"];
  expect(await routesOf((app) => app.use(router.routes()).use(files), ...requests)).toEqual([
    "/files",
    "/users/:id",
  ]);
  expect(
    await routesOf((app) => app.use(all.routes()).use(files).use(router.routes()), ...requests),
  ).toEqual(["/files", "/users/:id"]);
});

test("a router below a mounted app that refuses a method", async () => {
  const router = new Router();
  router.get("/users", answer);
  const inner = new Koa().use(router.routes()).use(router.allowedMethods());
  const build = (app: Koa) => app.use(new Router().routes()).use(mount("/api", inner));
  expect(await routesOf(build, "DELETE /api/users", "GET /api/users")).toEqual([
    undefined,
    "/api/users",
  ]);
});

test("the route that would have taken what was refused before", async () => {
  const router = new Router({ prefix: "/users" });
  router.get("/:id", answer).get("/:id/posts", answer);
  const open = new Router().get("/{*rest}", answer);
  const build = (app: Koa) => {
    app.use((ctx, next) => (ctx.query.pass === undefined ? ctx.throw(401) : next()));
    app
      .use(mount("/files", new Koa().use(answer)))
      .use(router.routes())
      .use(open.routes());
  };
  const requests = ["/users/1", "/users/1/posts", "/users/1?pass", "/files/a", "/nothing"];
  expect(await routesOf(build, ...requests.map((path) => `GET ${path}`))).toEqual([
    "/users/:id",
    "/users/:id/posts",
    "/users/:id",
    undefined,
    undefined,
  ]);
  expect(await routesOf(build, "DELETE /users/1")).toEqual([undefined]);
});

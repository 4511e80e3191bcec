import { type Context, Hono, type MiddlewareHandler } from "hono";
import { basicAuth } from "hono/basic-auth";
import { cors } from "hono/cors";
import { HTTPException } from "hono/http-exception";
import { logger } from "hono/logger";
import { LinearRouter } from "hono/router/linear-router";
import { PatternRouter } from "hono/router/pattern-router";
import { validator } from "hono/validator";
import { expect, test } from "vitest";
import { honoRoute } from "./route.ts";

const answer = (c: Context) => c.text("ok");
const pass: MiddlewareHandler = (_c, next) => next();

/** The routes of requests, as they are told when each has been answered. */
async function routesOf(
  build: (app: Hono) => unknown,
  ...requests: readonly string[]
): Promise<unknown[]> {
  const routes: unknown[] = [];
  for (const app of [
    new Hono(),
    new Hono({ router: new LinearRouter() }),
    new Hono({ router: new PatternRouter() }),
  ]) {
    const found: unknown[] = [];
    app.use(async (c, next) => {
      await next();
      found.push(honoRoute(c));
    });
    app.onError((error, c) =>
      error instanceof HTTPException ? error.getResponse() : c.text("broken", 500),
    );
    build(app);
    for (const request of requests) {
      const [method = "", path = ""] = request.split(" ");
      await app.request(path, { method });
    }
    routes.push(found);
  }
  expect(routes, "the same with all routers").toEqual([routes[0], routes[0], routes[0]]);
  return routes[0] as unknown[];
}

test("the template of a route, for HEAD too", async () => {
  const build = (app: Hono) =>
    app.get("/", answer).get("/users/:id", answer).post("/users/:id", answer);
  const requests = ["GET /users/1?a=b", "HEAD /users/1", "POST /users/1", "GET /"];
  expect(await routesOf(build, ...requests)).toEqual([
    "/users/:id",
    "/users/:id",
    "/users/:id",
    "/",
  ]);
});

test("regular expressions, optional parameters and wildcards", async () => {
  const build = (app: Hono) =>
    app.get("/items/:id{[0-9]+}", answer).get("/animals/:kind?", answer).get("/files/*", answer);
  const requests = ["/items/1", "/items/x", "/animals", "/animals/cat", "/files/a/b"];
  expect(await routesOf(build, ...requests.map((path) => `GET ${path}`))).toEqual([
    "/items/:id{[0-9]+}",
    undefined,
    "/animals/:kind?",
    "/animals/:kind?",
    "/files/*",
  ]);
});

test("base paths and nested apps", async () => {
  const posts = new Hono().get("/", answer).get("/:postId", answer);
  const users = new Hono().route("/:userId/posts", posts);
  const guarded = new Hono().get("/:id", answer);
  guarded.onError((_error, c) => c.text("own", 500));
  const build = (app: Hono) =>
    app.basePath("/api").route("/v1/users", users).route("/guarded", guarded);
  const requests = [
    "/api/v1/users/1/posts",
    "/api/v1/users/1/posts/2",
    "/api/guarded/1",
    "/api/v1",
  ];
  expect(await routesOf(build, ...requests.map((path) => `GET ${path}`))).toEqual([
    "/api/v1/users/:userId/posts",
    "/api/v1/users/:userId/posts/:postId",
    "/api/guarded/:id",
    undefined,
  ]);
});

test("nothing took what fell through all middleware", async () => {
  const build = (app: Hono) => {
    app.use(pass).use("/api/*", cors()).get("*", pass).get("/api/users", answer);
    app.notFound((c) => c.text(`nothing at ${c.req.path}`, 404));
  };
  const requests = ["GET /nothing", "GET /api/nothing", "DELETE /api/users", "PROPFIND /api/users"];
  expect(await routesOf(build, ...requests)).toEqual([undefined, undefined, undefined, undefined]);
});

test("a page for what is not found is no route, whatever its status", async () => {
  const build = (app: Hono) => app.use(pass).notFound((c) => c.html("the app", 200));
  expect(await routesOf(build, "GET /some/page")).toEqual([undefined]);
});

test("a route that answers 404", async () => {
  const build = (app: Hono) => app.get("/users/:id", (c) => c.notFound());
  expect(await routesOf(build, "GET /users/1")).toEqual(["/users/:id"]);
});

test("an error inside a route, a validator or a middleware", async () => {
  const build = (app: Hono) => {
    app.get("/throws/:id", () => {
      throw new Error("broken");
    });
    app.get("/rejects/:id", async () => Promise.reject(new Error("broken")));
    const valid = validator("query", (_value, c) => c.text("invalid", 400));
    app.get("/validated/:id", valid, answer);
    app.use("/guarded/*", async () => {
      throw new Error("broken");
    });
    app.use("/after/*", async (_c, next) => {
      await next();
      throw new Error("broken");
    });
    app.get("/after/:id", answer);
  };
  const requests = ["/throws/1", "/rejects/1", "/validated/1", "/guarded/1", "/after/1"];
  expect(await routesOf(build, ...requests.map((path) => `GET ${path}`))).toEqual([
    "/throws/:id",
    "/rejects/:id",
    "/validated/:id",
    "/guarded/*",
    "/after/:id",
  ]);
});

test("a middleware that answers for the route behind it, or for itself", async () => {
  const build = (app: Hono) => {
    app.use("/admin/*", basicAuth({ username: "ada", password: "a password" }));
    app.get("/admin/:page", answer);
    app.use("/static/*", (c, next) => (c.req.path === "/static/a" ? answer(c) && next() : next()));
    app.use("/files/*", async (c, next) => {
      if (c.req.path !== "/files/a") return next();
      return c.text("a file");
    });
  };
  const requests = ["/admin/users", "/admin/users/1", "/files/a", "/files/b"];
  expect(await routesOf(build, ...requests.map((path) => `GET ${path}`))).toEqual([
    "/admin/:page",
    "/admin/*",
    "/files/*",
    undefined,
  ]);
});

test("a middleware for all requests is no route", async () => {
  const build = (app: Hono) =>
    app
      .use(cors())
      .use(logger(() => {}))
      .post("/users", answer);
  expect(await routesOf(build, "OPTIONS /nothing", "POST /users")).toEqual([undefined, "/users"]);
});

test("the handler that took it, of several that match", async () => {
  const build = (app: Hono) => {
    app.get("/a/first", answer);
    app.get("/a/:name", (c, next) => (c.req.param("name") === "one" ? answer(c) : next()) as never);
    app.all("/a/*", answer);
  };
  const requests = ["GET /a/first", "GET /a/one", "GET /a/two", "DELETE /a/first"];
  expect(await routesOf(build, ...requests)).toEqual(["/a/first", "/a/:name", "/a/*", "/a/*"]);
});

test("what another application answers that is mounted", async () => {
  const other = (request: Request) =>
    new Response("other", { status: request.url.endsWith("/x") ? 404 : 200 });
  const build = (app: Hono) => app.mount("/other", other);
  expect(await routesOf(build, "GET /other", "GET /other/a/b", "GET /other/x")).toEqual([
    "/other/*",
    "/other/*",
    undefined,
  ]);
});

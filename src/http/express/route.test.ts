import { once } from "node:events";
import {
  createServer,
  type IncomingMessage,
  request,
  type Server,
  type ServerResponse,
} from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import express5, {
  type ErrorRequestHandler,
  type Express,
  type RequestHandler,
  type Router,
} from "express";
import fc from "fast-check";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { trackRoutes } from "./begun-route.ts";
import { expressRoute } from "./route.ts";

const servers: Server[] = [];

/** Serves the application, and asks what `expressRoute` says when a request has ended. */
async function serve(app: Express | ((req: IncomingMessage, res: ServerResponse) => void)) {
  const server = createServer(app);
  servers.push(server);
  const routes: (string | undefined)[] = [];
  const ended: (() => void)[] = [];
  server.prependListener("request", (message, response) => {
    response.once("close", () => {
      routes.push(expressRoute(message));
      ended.shift()?.();
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;

  return async function routeOf(path: string, method = "GET", abortAfter?: Promise<unknown>) {
    const end = new Promise<void>((resolve) => ended.push(resolve));
    const client = request({ port, host: "127.0.0.1", path, method, agent: false });
    client.on("response", (response) => response.resume());
    client.on("error", () => {});
    client.end();
    abortAfter?.then(() => client.destroy());
    await end;
    return routes.pop();
  };
}

afterEach(() => {
  for (const server of servers.splice(0)) {
    server.close();
    server.closeAllConnections();
  }
});

const ok: RequestHandler = (_request, response) => {
  response.end("ok");
};
const fail: RequestHandler = () => {
  throw new Error("a handler that fails");
};

/** There are types for Express 5 only. */
const express4: typeof express5 = createRequire(import.meta.url)("express4");

interface Layers {
  stack: { rawPath?: unknown; name: string; handle: unknown }[];
}

function layersOf(app: Express): Layers["stack"] {
  const { _router } = app as { _router?: Layers };
  return (_router ?? (app.router as unknown as Layers)).stack;
}

/** Routers before 2.3, which most applications with Express 5 have, do not keep the paths. */
function forgetPaths(): () => void {
  const routers = (express5.Router as unknown as { prototype: Record<string, unknown> }).prototype;
  const { use, route } = routers as Record<string, (...args: unknown[]) => unknown>;
  for (const [name, method] of Object.entries({ use, route })) {
    routers[name] = function (this: Layers, ...args: unknown[]) {
      const result = method!.apply(this, args);
      for (const layer of this.stack) delete layer.rawPath;
      return result;
    };
  }
  return () => Object.assign(routers, { use, route });
}

const versions = [
  {
    name: "Express 4",
    express: express4,
    before: () => () => {},
    syntax: { wildcard: "/*", optional: "/:language?" },
    regexpMount: "/^\\/v(\\d+)/",
    isExact: true,
  },
  {
    name: "Express 5",
    express: express5,
    before: () => () => {},
    syntax: { wildcard: "/*path", optional: "{/:language}" },
    regexpMount: "/^\\/v(\\d+)/",
    isExact: true,
  },
  {
    name: "Express 5 with an older router",
    express: express5,
    before: forgetPaths,
    syntax: { wildcard: "/*path", optional: "{/:language}" },
    regexpMount: "/(pattern)",
    isExact: false,
  },
];

describe.each(versions)("expressRoute with $name", (version) => {
  const { express, before, syntax, regexpMount, isExact } = version;
  let after: () => void;
  beforeAll(() => {
    after = before();
  });
  afterAll(() => after());

  /** An application that does not print its errors. */
  const application = () =>
    express()
      .set("env", "test")
      .use((request, _response, next) => {
        trackRoutes(request);
        next();
      });
  const router = (...routes: [path: string | RegExp | string[], handler: RequestHandler][]) => {
    const made = express.Router({ mergeParams: true });
    for (const [path, handler] of routes) made.get(path, handler);
    return made;
  };

  it("gives the path of a route with the paths of all its mounts", async () => {
    const posts = router(["/", ok], ["/:postId", ok]);
    const users = router(["/", ok], ["/:userId", ok]).use("/:userId/posts", posts);
    const app = application().get("/", ok).use("/api/v1/", express.Router().use("/users", users));
    const routeOf = await serve(app);
    expect(await routeOf("/")).toBe("/");
    expect(await routeOf("/api/v1/users")).toBe("/api/v1/users");
    expect(await routeOf("/api/v1/users/7/?secret=1")).toBe("/api/v1/users/:userId");
    expect(await routeOf("/api/v1/users/7/posts/")).toBe("/api/v1/users/:userId/posts");
    expect(await routeOf("/api/v1/users/posts/posts/posts")).toBe(
      "/api/v1/users/:userId/posts/:postId",
    );
    expect(await routeOf("/API/V1/Users/caf%C3%A9%2Fv1/POSTS/api")).toBe(
      "/api/v1/users/:userId/posts/:postId",
    );
  });

  it("tells the parts of a segment of a mount from its parameters", async () => {
    const app = application().use("/flights/:from-:to/v:version", router(["/:seat", ok]));
    const routeOf = await serve(app);
    const template = "/flights/:from-:to/v:version/:seat";
    expect(await routeOf("/flights/AMS-v-f/vv/flights")).toBe(template);
    expect(await routeOf("/flights/a%2Db%41-x/v1/2")).toBe(template);
  });

  it("gives nothing for what no route took", async () => {
    const api = router(["/users", ok]).use((_request, response) => {
      response.status(404).end();
    });
    const app = application()
      .use((req, response, next) => (req.headers["x-refused"] ? response.end() : next()))
      .use("/api", (_request, _response, next) => next(), api)
      .post("/orders", ok);
    const routeOf = await serve(app);
    expect(await routeOf("/nowhere")).toBeUndefined();
    expect(await routeOf("/api/nowhere")).toBeUndefined();
    expect(await routeOf("/orders")).toBeUndefined();
    expect(await routeOf("/orders", "OPTIONS")).toBeUndefined();
    expect(await routeOf("/api/users%zz")).toBeUndefined();
  });

  it("knows routes for several methods", async () => {
    const app = application();
    app.route("/orders/:id").get(ok).put(ok);
    app.use("/any", express.Router().all("/:thing", ok));
    const routeOf = await serve(app);
    expect(await routeOf("/orders/1", "PUT")).toBe("/orders/:id");
    expect(await routeOf("/orders/1", "HEAD")).toBe("/orders/:id");
    expect(await routeOf("/any/1", "PURGE")).toBe("/any/:thing");
  });

  it("knows wildcards, optional parts and regular expressions", async () => {
    const { wildcard, optional } = syntax;
    const files = router([wildcard, ok]);
    const app = application()
      .use("/files", files)
      .use(`/docs${optional}/pages`, router(["/:page", ok]))
      .use(`/deep${wildcard}`, router(["/", ok]))
      .use("/things", router([/^\/(\d+)$/, ok]))
      .use(/^\/v(\d+)/, router(["/things/:id", ok]));
    const routeOf = await serve(app);
    expect(await routeOf("/files/a/b/c")).toBe(`/files${wildcard}`);
    expect(await routeOf("/docs/docs/pages/pages")).toBe(
      isExact ? `/docs${optional}/pages/:page` : "/docs/:language/pages/:page",
    );
    expect(await routeOf("/deep/down/deep")).toBe(`/deep${wildcard}`);
    expect(await routeOf("/things/17")).toBe("/things/^\\/(\\d+)$/");
    expect(await routeOf("/v17/things/17")).toBe(`${regexpMount}/things/:id`);
  });

  it("takes the path that matched of several", async () => {
    const app = application()
      .use(["/old", "/new/:region"], router([["/users/:id", "/people/:id"], ok]))
      .get(["/a/:x", "/b/:x"], ok);
    const routeOf = await serve(app);
    expect(await routeOf("/old/users/old")).toBe("/old/users/:id");
    expect(await routeOf("/new/old/people/7")).toBe("/new/:region/people/:id");
    expect(await routeOf("/a/b")).toBe("/a/:x");
    expect(await routeOf("/b/b")).toBe("/b/:x");
  });

  it("knows the routes of applications below applications and routers", async () => {
    const inner = application().get("/leaves/:id", ok).get("/broken/:id", fail);
    const middle = application().use("/inner/:x", inner).get("/broken", fail);
    const app = application()
      .use("/first", application().get("/leaves/:id", ok))
      .use("/middle", middle)
      .use("/router", express.Router().use("/deep", application().get("/leaves/:id", ok)));
    const routeOf = await serve(app);
    // The first request of all fails: there is no success to learn from.
    expect(await routeOf("/middle/inner/1/broken/2")).toBe("/middle/inner/:x/broken/:id");
    expect(await routeOf("/middle/inner/1/leaves/2")).toBe("/middle/inner/:x/leaves/:id");
    expect(await routeOf("/middle/broken")).toBe("/middle/broken");
    expect(await routeOf("/first/leaves/2")).toBe("/first/leaves/:id");
    expect(await routeOf("/router/deep/leaves/2")).toBe("/router/deep/leaves/:id");
  });

  it("says less of an application whose place Express does not tell", async () => {
    const twice = application().get("/leaves/:id", ok).get("/broken/:id", fail);
    const below = application().get("/leaves/:id", ok).get("/broken/:id", fail);
    const either = application().get("/leaves/:id", ok);
    const app = application()
      .use("/first", application().use("/inner/:x", twice))
      .use("/last/:x", twice)
      .use("/sub", application().use("/router", express.Router().use("/deep", below)))
      .use("/:any", either)
      .use("/either", either);
    const routeOf = await serve(app);
    expect(await routeOf("/last/1/leaves/2")).toBe("/last/:x/leaves/:id");
    expect(await routeOf("/last/1/broken/2")).toBe("/last/:x/broken/:id");
    expect(await routeOf("/first/inner/1/leaves/2")).toBe("/(pattern)/leaves/:id");
    expect(await routeOf("/first/inner/1/broken/2")).toBe("/(pattern)/broken/:id");
    expect(await routeOf("/sub/router/deep/leaves/2")).toBe("/(pattern)/leaves/:id");
    expect(await routeOf("/sub/router/deep/broken/2")).toBe("/(pattern)/broken/:id");
    expect(await routeOf("/either/leaves/2")).toBe("/(pattern)/leaves/:id");
    expect(await routeOf("/other/leaves/2")).toBe("/:any/leaves/:id");
  });

  it("knows the routes of a router that is the handler of a route", async () => {
    const users = router(["/admin/users/:id", ok]).use("/admin/tags", router(["/:tag", fail]));
    const app = application()
      .all(/^\/admin/, users)
      .use("/v1", express.Router().get(`/admin${syntax.wildcard}`, users));
    const routeOf = await serve(app);
    expect(await routeOf("/admin/users/1")).toBe("/admin/users/:id");
    expect(await routeOf("/admin/tags/1")).toBe("/admin/tags/:tag");
    expect(await routeOf("/v1/admin/users/1")).toBe("/v1/admin/users/:id");
    expect(await routeOf("/v1/admin/tags/1")).toBe("/v1/admin/tags/:tag");
  });

  it("runs nothing of an application to find its routes", async () => {
    let calls = 0;
    const count: RequestHandler = (_request, _response, next) => {
      calls++;
      next();
    };
    const inner = application().use(count).get("/broken", fail);
    const app = application().use("/inner", inner);
    const routeOf = await serve(app);
    expect(await routeOf("/inner/broken")).toBe("/inner/broken");
    expect(calls).toBe(1);
  });

  it("knows where an application is mounted if its layer does not say so", async () => {
    const app = application().use(
      "/middle/:x/",
      application().use("/inner", application().get("/leaves/:id", ok)),
    );
    // As in a program that was made small together with Express.
    for (const layer of layersOf(app)) layer.name = "a";
    const routeOf = await serve(app);
    expect(await routeOf("/middle/1/inner/leaves/2")).toBe("/middle/:x/inner/leaves/:id");
  });

  it("keeps the route when it fails", async () => {
    const failing = router(["/throws/:id", fail], ["/next/:id", (_q, _s, next) => next("no")]);
    failing.param("id", (_request, _response, next, id) => next(id === "7" ? "bad id" : undefined));
    const app = application().use("/api/:tenant", express.Router().use("/v1", failing));
    const routeOf = await serve(app);
    expect(await routeOf("/api/me/v1/throws/1")).toBe("/api/:tenant/v1/throws/:id");
    expect(await routeOf("/api/me/v1/throws/7")).toBe("/api/:tenant/v1/throws/:id");
    expect(await routeOf("/api/me/v1/next/1")).toBe("/api/:tenant/v1/next/:id");
  });

  it("keeps the route of a request whose client has left", async () => {
    let arrived = () => {};
    const arrival = new Promise<void>((resolve) => {
      arrived = resolve;
    });
    const routeOf = await serve(application().use("/api", router(["/slow/:id", () => arrived()])));
    expect(await routeOf("/api/slow/1", "GET", arrival)).toBe("/api/slow/:id");
  });

  it("tells the places of one router apart", async () => {
    const shared = router(["/users/:id", ok], ["/broken", fail]);
    const one = application().use("/a", shared).use("/b/:x", express.Router().use("/c", shared));
    const other = application().use("/elsewhere/:y", shared);
    const routeOf = await serve(one);
    const routeOfOther = await serve(other);
    for (let round = 0; round < 2; round++) {
      expect(await routeOf("/a/users/1")).toBe("/a/users/:id");
      expect(await routeOf("/b/a/c/users/1")).toBe("/b/:x/c/users/:id");
      expect(await routeOf("/b/a/c/broken")).toBe("/b/:x/c/broken");
      expect(await routeOfOther("/elsewhere/a/users/1")).toBe("/elsewhere/:y/users/:id");
    }
  });

  it("does not follow a router into itself", async () => {
    const comments = router(["/text", ok]);
    comments.use("/:reply", comments);
    const routeOf = await serve(application().use("/comments", comments));
    expect(await routeOf("/comments/text")).toBe("/comments/text");
    expect(await routeOf("/comments/1/2/3/text")).toBe("/comments/text");
  });

  it("notices what is added and replaced while it runs", async () => {
    const users = router(["/:id", ok]);
    const app = application().use("/a", users);
    const routeOf = await serve(app);
    expect(await routeOf("/a/1")).toBe("/a/:id");
    app.use("/b", users);
    expect(await routeOf("/b/1")).toBe("/b/:id");
    expect(await routeOf("/a/1")).toBe("/a/:id");
    users.get("/:id/late", ok);
    expect(await routeOf("/b/1/late")).toBe("/b/:id/late");
    layersOf(app).at(-1)!.handle = router(["/reloaded/:id", ok]);
    expect(await routeOf("/b/reloaded/1")).toBe("/b/reloaded/:id");
  });

  it("counts a mount without routes as a route", async () => {
    const app = application()
      .use("/graphql", (_request, _response, next) => next(), ok)
      .use("/api", express.Router().use("/tenants/:tenant", ok))
      .use("/any/:thing", (_request, _response, next) => next())
      .use("/any/other", ok);
    const routeOf = await serve(app);
    expect(await routeOf("/GraphQL/schema")).toMatch(/^\/graphql$/i);
    expect(await routeOf("/graphql", "POST")).toMatch(/^\/graphql$/i);
    expect(await routeOf("/api/tenants/17/any/thing")).toBe("/api/tenants/:tenant");
    expect(await routeOf("/any/other/17")).toBeUndefined();
  });

  const refuse =
    (status: number): RequestHandler =>
    (_request, response) => {
      response.status(status).end();
    };
  const pass: RequestHandler = (_request, _response, next) => next();

  it("gives no route that passed the request on", async () => {
    const all = syntax.wildcard === "/*" ? "*" : "/{*all}";
    const app = application()
      .all(all, pass)
      .use("/static", ok)
      .use("/api", express.Router().use(refuse(401)))
      .get("/users/:id", pass)
      .use("/users", router(["/:id/posts", ok]).use("/", refuse(403)))
      .use("/late", refuse(404));
    const routeOf = await serve(app);
    expect(await routeOf("/static/a.css")).toBe("/static");
    expect(await routeOf("/api/anything")).toBeUndefined();
    expect(await routeOf("/users/1/posts")).toBe("/users/:id/posts");
    expect(await routeOf("/users/1")).toBeUndefined();
    expect(await routeOf("/nowhere")).toBeUndefined();
    expect(await routeOf("/late")).toBe("/late");
    app.use(refuse(404));
    expect(await routeOf("/nowhere")).toBeUndefined();
  });

  it("gives a route for every path that answered or failed itself", async () => {
    const all = syntax.wildcard === "/*" ? "*" : "/{*all}";
    const notFound: RequestHandler = (_request, response, next) =>
      response.statusCode === 200 && _request.url === "/fails"
        ? fail(_request, response, next)
        : refuse(404)(_request, response, next);
    const app = application()
      .use(router(["/a", ok]))
      .all(all, notFound);
    app.use(((_error, _request, response, _next) => {
      response.status(500).end();
    }) as ErrorRequestHandler);
    const routeOf = await serve(app);
    expect(await routeOf("/nowhere")).toBe(all);
    expect(await routeOf("/fails")).toBe(all);
  });

  it("gives a refused request the route that would have taken it", async () => {
    const guard: RequestHandler = (request, response, next) =>
      request.headers["x-token"] ? next() : refuse(401)(request, response, next);
    const api = express
      .Router()
      .use(guard)
      .use("/v1", router(["/users/:id", ok]));
    api.post("/users/:id", ok);
    const inner = application().use(guard).get("/leaves/:id", ok);
    const all = syntax.wildcard === "/*" ? "*" : "/{*all}";
    const app = application()
      .use("/api", api)
      .use("/sub/:x", inner)
      .use("/graphql", refuse(400))
      .use((request, response, next) =>
        request.url === "/own/1" ? refuse(429)(request, response, next) : next(),
      )
      .use("/wrong", (_request, _response, next) =>
        next(Object.assign(new Error("no"), { status: 400 })),
      )
      .get("/own/:id", ok)
      .post("/wrong/body", ok)
      .get(all, ok);
    const routeOf = await serve(app);
    expect(await routeOf("/api/v1/users/1")).toBe("/api/v1/users/:id");
    expect(await routeOf("/api/users/1", "POST")).toBe("/api/users/:id");
    expect(await routeOf("/api/users/1", "PUT")).toBeUndefined();
    expect(await routeOf("/api/nowhere")).toBeUndefined();
    expect(await routeOf("/sub/1/leaves/2")).toBe("/sub/:x/leaves/:id");
    expect(await routeOf("/sub/1/nowhere")).toBeUndefined();
    expect(await routeOf("/own/1")).toBe("/own/:id");
    expect(await routeOf("/graphql")).toBe("/graphql");
    expect(await routeOf("/wrong/body", "POST")).toBe("/wrong/body");
    expect(await routeOf("/anything")).toBe(all);
  });

  it("gives a request that a route for every path refuses the route behind that", async () => {
    const all = syntax.wildcard === "/*" ? "*" : "/{*all}";
    const app = application().all(all, refuse(401)).get("/users/:id", ok);
    const routeOf = await serve(app);
    expect(await routeOf("/users/1")).toBe("/users/:id");
    expect(await routeOf("/nowhere")).toBe(all);
  });

  it("gives what it can know of a router within a handler", async () => {
    const hidden: Router = router(["/users/:id", ok]).use("/deeper/:x", router(["/end", ok]));
    const app = application().use("/api/:tenant", (req, res, next) => hidden(req, res, next));
    const routeOf = await serve(app);
    expect(await routeOf("/api/17/users/1")).toBe("/api/:tenant/users/:id");
    expect(await routeOf("/api/17/deeper/1/end")).toBe("/(pattern)/end");
  });

  it("follows a URL that was rewritten, and one with a host", async () => {
    const shared = router(["/users/:id", ok]);
    const app = application()
      .use((message, _response, next) => {
        message.url = message.url.replace(/^\/legacy\/\d+/, "/b");
        next();
      })
      .use(["/a/:x", "/b"], shared);
    const routeOf = await serve(app);
    expect(await routeOf("/legacy/17/users/1")).toBe("/b/users/:id");
    expect(await routeOf("http://example.org/a/1/users/1?to=http://example.org/b")).toBe(
      "/a/:x/users/:id",
    );
  });

  it("never throws", async () => {
    const refuse: RequestHandler = (message, response) => {
      Object.defineProperty(message, "baseUrl", {
        get() {
          throw new Error("not for you");
        },
      });
      response.end();
    };
    const routeOf = await serve(application().use("/mount", refuse));
    expect(await routeOf("/mount")).toBe("/(pattern)");
  });

  it("works behind a server of another framework", async () => {
    const app = application().use("/api", router(["/users/:id", ok]));
    const routeOf = await serve((message: IncomingMessage, response: ServerResponse) => {
      if (message.url === "/health") response.end();
      else app(message, response);
    });
    expect(await routeOf("/health")).toBeUndefined();
    expect(await routeOf("/api/users/1")).toBe("/api/users/:id");
  });

  it("gives what any tree of routers was built from, whatever clients send", async () => {
    const sent = {
      ids: fc.array(id, { minLength: 9 }),
      cases: fc.array(fc.boolean(), { minLength: 9 }),
    };
    await fc.assert(
      fc.asyncProperty(treeOf(3), fc.record(sent), async (root, { ids, cases }) => {
        const app = application();
        const routeOf = await serve(app);
        for (const template of build(root, app, "", { express, count: 0 })) {
          const path = template
            .replace(/[a-z]/g, (letter, i) =>
              cases[i % cases.length] ? letter.toUpperCase() : letter,
            )
            .replace(/:P\d+/gi, (_name, i) => encodeURIComponent(ids[i % ids.length]!));
          const route = await routeOf(path);
          expect(isExact ? route : route?.toLowerCase()).toBe(template);
        }
        for (const server of servers.splice(0)) server.close();
      }),
      { numRuns: 50 },
    );
  });
});

const id = fc.oneof(
  fc.string({ unit: "grapheme", minLength: 1, maxLength: 12 }),
  fc.constantFrom("mount1", "m", "P1", "-", "%", "mount2/p2"),
);

/** What stands below a mount, and how it is written. */
interface TreeNode {
  isApp: boolean;
  mount: (n: number) => string;
  routes: { path: (n: number) => string; handler: RequestHandler }[];
  mounts: TreeNode[];
}

const mountPath = fc.constantFrom(
  (n: number) => `/mount${n}`,
  (n: number) => `/mount${n}/:p${n}`,
  (n: number) => `/mount${n}/m:p${n}/m`,
);
const routePath = fc.constantFrom(
  (n: number) => `/route${n}`,
  (n: number) => `/route${n}/:p${n}`,
);

function treeOf(depth: number): fc.Arbitrary<TreeNode> {
  return fc.record({
    isApp: fc.boolean(),
    mount: mountPath,
    routes: fc.array(fc.record({ path: routePath, handler: fc.constantFrom(ok, fail) }), {
      maxLength: 2,
    }),
    mounts: depth === 0 ? fc.constant([]) : fc.array(treeOf(depth - 1), { maxLength: 2 }),
  });
}

/** Builds what stands below a node, and gives the templates of all its routes. */
function build(
  { routes, mounts }: TreeNode,
  router: Router,
  above: string,
  made: { express: typeof express5; count: number },
): string[] {
  const own = routes.map(({ path, handler }) => {
    const text = path(made.count++);
    router.get(text, handler);
    return above + text;
  });
  const below = mounts.flatMap((node) => {
    const mount = node.mount(made.count++);
    // An application below a router has no parent, and is found from the served one only.
    const inner =
      node.isApp && "set" in router ? made.express().set("env", "test") : made.express.Router();
    router.use(mount, inner);
    return build(node, inner, above + mount, made);
  });
  return [...own, ...below];
}

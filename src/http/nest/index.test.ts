import dns from "node:dns";
import { once } from "node:events";
import { createServer as createHttpServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import {
  type ArgumentsHost,
  type CallHandler,
  Catch,
  Controller,
  Get,
  type INestApplication,
  type MiddlewareConsumer,
  Module,
  type ModuleMetadata,
  NotFoundException,
  Param,
  ParseIntPipe,
  UseFilters,
  UseGuards,
  UseInterceptors,
  VersioningType,
} from "@nestjs/common";
import { type AbstractHttpAdapter, NestFactory } from "@nestjs/core";
import { ExpressAdapter } from "@nestjs/platform-express";
import { FastifyAdapter } from "@nestjs/platform-fastify";
import type { FastifyInstance } from "fastify";
import { map } from "rxjs";
import { afterEach, describe, expect, test, vi } from "vitest";
import { WebSocket, WebSocketServer } from "ws";
import { freePort } from "../../../scripts/servers/free-port.mjs";
import { decorate, parameter } from "../../../test/decorate.ts";
import { urlOf } from "../../../test/listening.ts";
import { Registry } from "../../registry/registry.ts";
import type { HttpMetricsOptions } from "../options.ts";
import { HttpMetricsModule, monitor } from "./index.ts";

const PLATFORMS = [
  ["Express", () => new ExpressAdapter()],
  ["Fastify", () => new FastifyAdapter()],
] as const;

const stops: (() => unknown)[] = [];
afterEach(async () => {
  vi.restoreAllMocks();
  for (const stop of stops.splice(0)) await stop();
});

type Configure = (app: INestApplication) => unknown;

/** A module that is Nest's root, as `@Module(metadata) class AppModule {}` is. */
function rootOf(metadata: ModuleMetadata, configure?: (consumer: MiddlewareConsumer) => unknown) {
  class Root {
    configure = configure;
  }
  Module(metadata)(Root);
  return Root;
}

async function created(adapter: AbstractHttpAdapter, root: ReturnType<typeof rootOf>) {
  const app = await NestFactory.create(root, adapter, { logger: false, abortOnError: false });
  stops.push(() => app.close());
  return app;
}

async function listening(
  adapter: AbstractHttpAdapter,
  root: ReturnType<typeof rootOf>,
  configure: Configure = () => {},
) {
  const app = await created(adapter, root);
  await configure(app);
  await app.listen(0, "127.0.0.1");
  return { app, url: urlOf(app.getHttpServer()) };
}

async function status(url: string, headers: Record<string, string> = {}): Promise<number> {
  const response = await fetch(url, { headers });
  await response.text();
  return response.status;
}

/** What was counted, as soon as it is so many requests: `["GET /cats/:id 200 ok", …]`. */
function counted(registry: Registry, requests: number): Promise<string[]> {
  return vi.waitFor(async () => {
    const rows: string[] = [];
    const page = await registry.text();
    for (const [, labels, count] of page.matchAll(/^http_requests_total\{(.*)\} (\d+)$/gm)) {
      const row = [...labels!.matchAll(/"(.*?)"/g)].map(([, value]) => value).join(" ");
      for (let rest = Number(count); rest > 0; rest -= 1) rows.push(row);
    }
    expect(rows).toHaveLength(requests);
    return rows;
  }, 5_000);
}

class Cats {
  find(id: number) {
    return `cat ${id}`;
  }

  missing() {
    throw new NotFoundException("No such cat.");
  }

  refused() {
    return "never";
  }

  filtered() {
    throw new RangeError("No cat.");
  }

  intercepted() {
    return "a cat";
  }
}

class NewerCats {
  find(id: number) {
    return `cat ${id} of version 2`;
  }
}

class Teapot {
  catch(_error: RangeError, host: ArgumentsHost) {
    host.switchToHttp().getResponse().status(418).send("a teapot");
  }
}

const refusing = { canActivate: () => false };
const shouting = {
  intercept: (_context: unknown, next: CallHandler<string>) =>
    next.handle().pipe(map((text) => text.toUpperCase())),
};

function refuse(_: unknown, response: ServerResponse): void {
  response.writeHead(401).end();
}

Controller({ path: "cats", version: "1" })(Cats);
Catch(RangeError)(Teapot);
decorate(Cats, "find", Get(":id"), parameter(0, Param("id", ParseIntPipe)));
decorate(Cats, "missing", Get(":id/missing"));
decorate(Cats, "refused", Get(":id/refused"), UseGuards(refusing));
decorate(Cats, "filtered", Get(":id/filtered"), UseFilters(new Teapot()));
decorate(Cats, "intercepted", Get(":id/intercepted"), UseInterceptors(shouting));
Controller({ path: "cats", version: "2" })(NewerCats);
decorate(NewerCats, "find", Get(":id"), parameter(0, Param("id")));

function catsWith(
  options: HttpMetricsOptions,
  configure?: (consumer: MiddlewareConsumer) => unknown,
) {
  const imports = [HttpMetricsModule.forRoot(options)];
  return rootOf({ imports, controllers: [Cats] }, configure);
}

function versionedCats(registry: Registry) {
  const imports = [HttpMetricsModule.forRoot({ registry })];
  return rootOf({ imports, controllers: [Cats, NewerCats] });
}

describe.each(PLATFORMS)("on %s", (_platform, adapter) => {
  test("routes have the global prefix, the version and the controller's path", async () => {
    const registry = new Registry();
    const { url } = await listening(adapter(), versionedCats(registry), (app) =>
      app.setGlobalPrefix("api").enableVersioning({ type: VersioningType.URI }),
    );
    expect(await status(`${url}/api/v1/cats/7`)).toBe(200);
    expect(await status(`${url}/api/v2/cats/7`)).toBe(200);
    expect(await status(`${url}/api/v1/cats/seven`)).toBe(400);
    expect(await status(`${url}/api/v1/cats/7/missing`)).toBe(404);
    expect(await status(`${url}/api/v1/cats/7/refused`)).toBe(403);
    expect(await status(`${url}/api/v1/cats/7/filtered`)).toBe(418);
    expect(await status(`${url}/api/v1/cats/7/intercepted`)).toBe(200);
    expect(await status(`${url}/api/v3/cats/7`)).toBe(404);
    expect(await status(`${url}/cats/7`)).toBe(404);
    expect(await counted(registry, 9)).toEqual([
      "GET /api/v1/cats/:id 200 ok",
      "GET /api/v2/cats/:id 200 ok",
      "GET /api/v1/cats/:id 400 client_error",
      "GET /api/v1/cats/:id/missing 404 client_error",
      "GET /api/v1/cats/:id/refused 403 client_error",
      "GET /api/v1/cats/:id/filtered 418 client_error",
      "GET /api/v1/cats/:id/intercepted 200 ok",
      "GET _unmatched 404 client_error",
      "GET _unmatched 404 client_error",
    ]);
    expect(await status(`${url}/metrics`)).toBe(200);
    expect(await status(`${url}/api/metrics`)).toBe(404);
  });

  test("versions by header share a route, and no route has another version", async () => {
    const registry = new Registry();
    const { url } = await listening(adapter(), versionedCats(registry), (app) =>
      app.enableVersioning({ type: VersioningType.HEADER, header: "x-version" }),
    );
    const answers = ["1", "2", "3"].map((version) =>
      status(`${url}/cats/7`, { "x-version": version }),
    );
    expect(await Promise.all(answers)).toEqual([200, 200, 404]);
    expect((await counted(registry, 3)).sort()).toEqual([
      "GET /cats/:id 200 ok",
      "GET /cats/:id 200 ok",
      "GET _unmatched 404 client_error",
    ]);
  });

  test("middlewares pass requests on to their routes", async () => {
    const registry = new Registry();
    const seen: string[] = [];
    const root = catsWith({ registry }, (consumer) => {
      const see = (request: { originalUrl: string }, _: unknown, next: () => void) => {
        seen.push(request.originalUrl);
        next();
      };
      consumer.apply(see).forRoutes("*");
    });
    const { url } = await listening(adapter(), root);
    for (const path of ["/cats/7", "/nothing", "/metrics"]) await status(url + path);
    expect(await counted(registry, 2)).toEqual([
      "GET /cats/:id 200 ok",
      "GET _unmatched 404 client_error",
    ]);
    // The metrics are answered in front of them.
    expect(seen).toEqual(["/cats/7", "/nothing"]);
  });

  test("what a middleware answers is counted under the route it stands before", async () => {
    const registry = new Registry();
    const root = catsWith({ registry }, (consumer) => consumer.apply(refuse).forRoutes("cats/:id"));
    const { url } = await listening(adapter(), root);
    expect(await status(`${url}/cats/7`)).toBe(401);
    expect(await counted(registry, 1)).toEqual(["GET /cats/:id 401 client_error"]);
  });

  test("guards, pipes and filters for all routes leave the metrics alone", async () => {
    const registry = new Registry();
    const { url } = await listening(adapter(), catsWith({ registry }), (app) =>
      app.useGlobalGuards(refusing),
    );
    expect(await status(`${url}/cats/7`)).toBe(403);
    expect(await status(`${url}/metrics`)).toBe(200);
    expect(await counted(registry, 1)).toEqual(["GET /cats/:id 403 client_error"]);
  });

  test("sockets are upgrades", async () => {
    const registry = new Registry();
    const { app, url } = await listening(adapter(), catsWith({ registry }));
    const sockets = new WebSocketServer({ server: app.getHttpServer() });
    sockets.on("connection", (socket) => socket.on("message", (data) => socket.send(data)));
    const socket = new WebSocket(url.replace("http", "ws"));
    await once(socket, "open");
    socket.send("hello");
    await once(socket, "message");
    socket.close();
    expect(await counted(registry, 1)).toEqual(["GET _unmatched 101 upgraded"]);
  });

  test("applications of one process are measured apart", async () => {
    const registries = [new Registry(), new Registry()] as const;
    const urls = await Promise.all(
      registries.map(async (registry) => {
        const { url } = await listening(adapter(), catsWith({ registry }));
        return url;
      }),
    );
    await status(`${urls[0]}/cats/1`);
    await status(`${urls[1]}/nothing`);
    expect(await counted(registries[0], 1)).toEqual(["GET /cats/:id 200 ok"]);
    expect(await counted(registries[1], 1)).toEqual(["GET _unmatched 404 client_error"]);
  });

  test("options may come from other providers", async () => {
    const registry = new Registry();
    class Config {
      readonly path = "/internal/metrics";
    }
    const configuration = rootOf({ providers: [Config], exports: [Config] });
    const metrics = HttpMetricsModule.forRootAsync({
      imports: [configuration],
      inject: [Config],
      useFactory: async ({ path }: Config) => ({ registry, path }),
    });
    const root = rootOf({ imports: [metrics], controllers: [Cats] });
    const { url } = await listening(adapter(), root);
    expect(await status(`${url}/internal/metrics`)).toBe(200);
    expect(await status(`${url}/metrics`)).toBe(404);
    expect(await counted(registry, 1)).toEqual(["GET _unmatched 404 client_error"]);
  });

  test("bad options stop the application from being created", async () => {
    const root = catsWith({ registry: new Registry(), path: "metrics" });
    await expect(listening(adapter(), root)).rejects.toThrow(/path.*"metrics".*slash/s);
  });

  test("monitor serves the metrics apart until the application is closed", async () => {
    const registry = new Registry();
    let metrics: Server | undefined;
    const { app, url } = await listening(adapter(), rootOf({ controllers: [Cats] }), (app) => {
      metrics = monitor(app, { port: 0, registry });
    });
    expect(await status(`${url}/cats/7`)).toBe(200);
    expect(await status(`${url}/metrics`)).toBe(404);
    expect(await counted(registry, 2)).toEqual([
      "GET /cats/:id 200 ok",
      "GET _unmatched 404 client_error",
    ]);
    const page = `${urlOf(metrics!)}/metrics`;
    expect(await status(page)).toBe(200);
    await app.close();
    await expect(fetch(page)).rejects.toThrow();
  });
});

test("the metrics' own port is closed with the application", async () => {
  const registry = new Registry();
  const port = await freePort();
  const { app } = await listening(new ExpressAdapter(), catsWith({ registry, port }));
  const page = `http://127.0.0.1:${port}/metrics`;
  expect(await status(page)).toBe(200);
  await app.close();
  await expect(fetch(page)).rejects.toThrow();
});

test("an application without HTTP is created as ever", async () => {
  const root = rootOf({ imports: [HttpMetricsModule.forRoot({ registry: new Registry() })] });
  const context = await NestFactory.createApplicationContext(root, { logger: false });
  await context.close();
});

test("on Express, servers of one's own are measured, too", async () => {
  const registry = new Registry();
  const app = await created(new ExpressAdapter(), catsWith({ registry }));
  await app.init();
  const server = createHttpServer(app.getHttpAdapter().getInstance()).listen(0, "127.0.0.1");
  stops.push(() => server.close());
  await once(server, "listening");
  expect(await status(`${urlOf(server)}/cats/7`)).toBe(200);
  expect(await status(`${urlOf(server)}/metrics`)).toBe(200);
  expect(await counted(registry, 1)).toEqual(["GET /cats/:id 200 ok"]);
});

test("on Fastify, requests that another hook answers are counted under their route", async () => {
  const registry = new Registry();
  const { url } = await listening(new FastifyAdapter(), catsWith({ registry }), (app) => {
    const fastify: FastifyInstance = app.getHttpAdapter().getInstance();
    fastify.addHook("onRequest", async (_, reply) => reply.code(429).send("Slow down."));
  });
  expect(await status(`${url}/cats/7`)).toBe(429);
  expect(await status(`${url}/metrics`)).toBe(200);
  expect(await counted(registry, 1)).toEqual(["GET /cats/:id 429 client_error"]);
});

test("on Fastify, requests without a socket are measured and may read the metrics", async () => {
  const registry = new Registry();
  const { app } = await listening(new FastifyAdapter(), catsWith({ registry }));
  const fastify: FastifyInstance = app.getHttpAdapter().getInstance();
  await fastify.inject("/cats/7");
  const { body } = await fastify.inject("/metrics");
  expect(body).toContain('http_requests_total{method="GET",route="/cats/:id"');
  expect(await counted(registry, 1)).toEqual(["GET /cats/:id 200 ok"]);
});

test("on Fastify, all addresses of localhost are alike", async () => {
  const { lookup } = dns;
  const addresses = ["127.0.0.1", "127.0.0.2"].map((address) => ({ address, family: 4 }));
  vi.spyOn(dns, "lookup").mockImplementation(((host: string, options: unknown, done: never) => {
    const wantsAll = (options as dns.LookupOptions).all;
    if (wantsAll) (done as (error: null, found: unknown) => void)(null, addresses);
    else lookup(host, options as dns.LookupOptions, done);
  }) as typeof lookup);
  const registry = new Registry();
  const root = catsWith({ registry }, (consumer) => consumer.apply(refuse).forRoutes("*"));
  const app = await created(new FastifyAdapter(), root);
  await app.listen(0, "localhost");
  const { port } = app.getHttpServer().address() as AddressInfo;
  for (const { address } of addresses) {
    expect(await status(`http://${address}:${port}/cats/7`)).toBe(401);
    expect(await status(`http://${address}:${port}/metrics`)).toBe(200);
  }
  expect(await counted(registry, 2)).toEqual([
    "GET /cats/:id 401 client_error",
    "GET /cats/:id 401 client_error",
  ]);
});

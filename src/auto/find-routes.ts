import { subscribe } from "node:diagnostics_channel";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Http2ServerRequest } from "node:http2";
import type { FastifyInstance } from "fastify";
import type { Context } from "hono";
import { expressRoute } from "../http/express/route.ts";
import { fastifyRoute } from "../http/fastify/requests.ts";
import { honoRoute } from "../http/hono/route.ts";
import { trackMounts } from "../http/koa/mounts.ts";
import { koaRoute, type RoutedContext } from "../http/koa/route.ts";
import { nextRoute } from "../http/next/route.ts";
import { setRouteOf } from "../http/request/find.ts";
import { servers } from "../http/server/servers.ts";
import { processWide } from "../process-wide.ts";
import { extendModules } from "./extend-modules.ts";
import { HOOKS } from "./extended-module.ts";

/** Finds the routes of requests to any framework, with what each of them makes accessible. */
export function findRoutes(): void {
  servers().findRoute = routeOfMessage;
  hookFastify();
  processWide(HOOKS, () => ({ koa: extendKoa, hono: extendedContext }));
  extendModules();
}

/** The route of a request, where the framework stores it on Node's own message. */
function routeOfMessage(request: IncomingMessage): string | undefined {
  return nextRoute(request) ?? (isOfExpress(request) ? expressRoute(request) : undefined);
}

/** Express sets `app` on a request; other frameworks set `route`, too. */
function isOfExpress(request: IncomingMessage): boolean {
  return "app" in request && typeof request.app === "function";
}

/** Adds a hook to each application of Fastify, which publishes them on a channel. */
function hookFastify(): void {
  subscribe("fastify.initialization", (message) => {
    const { fastify } = message as { fastify: FastifyInstance };
    fastify.addHook("onRequest", (request, _reply, done) => {
      setRouteOf(request.raw, fastifyRoute, request);
      done();
    });
  });
}

/** Koa's class of applications, as far as it is needed here. */
interface KoaClass {
  readonly prototype: {
    createContext(request: IncomingMessage, response: ServerResponse): RoutedContext;
  };
}

/** Wraps `createContext`, as Koa exposes contexts nowhere else; the route is read from it later. */
function extendKoa({ prototype }: KoaClass): void {
  const { createContext } = prototype;
  prototype.createContext = function (request, response) {
    const ctx = createContext.call(this, request, response);
    trackMounts(ctx);
    setRouteOf(request, koaRoute, ctx);
    return ctx;
  };
}

type Arguments = ConstructorParameters<typeof Context>;
type ContextClass = new (...args: Arguments) => Context;

/** Hono's contexts, with the route read from those whose request came by `@hono/node-server`. */
function extendedContext(HonoContext: ContextClass): ContextClass {
  return class Context extends HonoContext {
    constructor(...args: Arguments) {
      super(...args);
      const incoming: unknown = this.env?.incoming;
      if (typeof incoming === "object" && incoming !== null) {
        const request = incoming as IncomingMessage | Http2ServerRequest;
        setRouteOf(request, honoRoute, this);
      }
    }
  };
}

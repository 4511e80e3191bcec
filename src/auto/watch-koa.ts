import type { IncomingMessage, ServerResponse } from "node:http";
import { trackMounts } from "../http/koa/mounts.ts";
import { koaRoute, type RoutedContext } from "../http/koa/route.ts";
import { setRouteOf } from "../http/request/find.ts";

/** Koa's class of applications, as far as it is needed here. */
interface KoaClass {
  readonly prototype: {
    createContext(request: IncomingMessage, response: ServerResponse): RoutedContext;
  };
}

/** Has the routes of requests found by their contexts, which Koa keeps to itself. */
export function watchKoa({ prototype }: KoaClass): void {
  const { createContext } = prototype;
  prototype.createContext = function (request, response) {
    const ctx = createContext.call(this, request, response);
    trackMounts(ctx);
    setRouteOf(request, koaRoute, ctx);
    return ctx;
  };
}

import { servers } from "../http/server/servers.ts";
import { extendModules } from "./extend-modules.ts";
import { HOOKS } from "./extended-module.ts";
import { routeOfMessage } from "./route-of-message.ts";
import { watchFastify } from "./watch-fastify.ts";
import { watchedContext } from "./watch-hono.ts";
import { watchKoa } from "./watch-koa.ts";

/** Has the routes of all frameworks found, each in the way that it leaves open. */
export function findRoutes(): void {
  servers().findRoute = routeOfMessage;
  watchFastify();
  Object.assign(globalThis, { [HOOKS]: { koa: watchKoa, hono: watchedContext } });
  extendModules();
}

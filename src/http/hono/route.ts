import type { Context } from "hono";
import type { RouterRoute } from "hono/types";

/**
 * The template of the route that took a request of Hono, with all base paths. Undefined if none did; a
 * middleware with a path of its own counts as a route for what it answers, and so does `mount`.
 */
export function honoRoute(c: Context): string | undefined {
  const { matchedRoutes, routeIndex } = c.req;
  const last = matchedRoutes[routeIndex];
  if (last === undefined) return undefined;
  if (isHandler(last)) return last.path;
  // The middleware answered in place of the handler behind it.
  const handler = matchedRoutes.slice(routeIndex).find(isHandler);
  if (handler !== undefined) return handler.path;
  const isNotFound = c.finalized && c.res.status === 404;
  return isNotFound || isForAll(last) ? undefined : last.path;
}

/** Whether it is a handler: a middleware has a second parameter, `next`, and is for all methods or paths. */
function isHandler({ method, path, handler }: RouterRoute): boolean {
  return handler.length < 2 || !(method === ANY_METHOD || path === ANY_PATH);
}

function isForAll({ method, path }: RouterRoute): boolean {
  return method === ANY_METHOD && path === ANY_PATH;
}

const ANY_METHOD = "ALL";
const ANY_PATH = "/*";

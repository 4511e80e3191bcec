import type { Context } from "hono";
import type { RouterRoute } from "hono/types";

/**
 * The template of the route that took a request of Hono, with all base paths. Undefined if none did;
 * a middleware with a path of its own, and what `mount` added, count as one for what they answer.
 */
export function honoRoute(c: Context): string | undefined {
  const { matchedRoutes, routeIndex } = c.req;
  const last = matchedRoutes[routeIndex];
  if (last === undefined) return undefined;
  if (isHandler(last)) return last.path;
  // A middleware that answers itself does it for the handler that it is in front of.
  const handler = matchedRoutes.slice(routeIndex).find(isHandler);
  if (handler !== undefined) return handler.path;
  const isNotFound = c.finalized && c.res.status === 404;
  return isNotFound || isForAll(last) ? undefined : last.path;
}

/** Whether it ends the chain: what has a second parameter may pass requests on. */
function isHandler({ method, path, handler }: RouterRoute): boolean {
  return handler.length < 2 || !(method === ANY_METHOD || path === ANY_PATH);
}

function isForAll({ method, path }: RouterRoute): boolean {
  return method === ANY_METHOD && path === ANY_PATH;
}

const ANY_METHOD = "ALL";
const ANY_PATH = "/*";

import { type MountedContext, mountedPaths } from "./mounts.ts";

/** A context of Koa, with what @koa/router leaves on it. */
export interface RoutedContext extends MountedContext {
  readonly method: string;
  readonly status: number;
  /** All that matched the path, also for other methods. */
  readonly matched?: readonly Layer[];
  /** The path of what began last. */
  readonly _matchedRoute?: string | RegExp;
}

/** A route of @koa/router, or a middleware, which has no methods. */
interface Layer {
  readonly path: string | RegExp;
  readonly methods: readonly string[];
  readonly regexp: RegExp;
}

/**
 * The template of the route of @koa/router that took the request, with all prefixes and mounts.
 * Undefined if none did; a mounted app without a router counts as one for what it answers.
 */
export function koaRoute(ctx: RoutedContext): string | undefined {
  const mounts = mountedPaths(ctx);
  const route = layerOf(ctx);
  if (route !== undefined) {
    const mount = mounts.find(({ rest }) => (rest || "/").search(route.regexp) >= 0);
    return joinPaths(mount?.prefix ?? "", route.path);
  }
  const isAnswered = ctx.matched === undefined && ctx.status !== 404;
  return isAnswered ? mounts[0]?.prefix : undefined;
}

/** The route that began, or that would have begun after the middleware that did. */
function layerOf({ matched = [], method, _matchedRoute }: RoutedContext): Layer | undefined {
  const layers = matched.filter(({ methods }) => isMiddleware(methods) || methods.includes(method));
  const begun = layers.findLastIndex(({ path }) => path === _matchedRoute);
  const isRoute = ({ methods }: Layer) => !isMiddleware(methods);
  return layers.slice(Math.max(begun, 0)).find(isRoute) ?? layers.findLast(isRoute);
}

function isMiddleware(methods: readonly string[]): boolean {
  return methods.length === 0;
}

function joinPaths(mount: string, path: string | RegExp): string {
  return mount !== "" && path === "/" ? mount : mount + String(path);
}

import { type MountedContext, matchedBeforeMount, mountedPaths } from "./mounts.ts";

/** A context of Koa, with what @koa/router leaves on it. */
export interface RoutedContext extends MountedContext {
  readonly method: string;
  readonly status: number;
  readonly headerSent: boolean;
  readonly app: { readonly context: object; readonly middleware: readonly unknown[] };
  readonly matched?: readonly Layer[];
  /** The path of the layer that began last. */
  readonly _matchedRoute?: string | RegExp;
}

/** A route of @koa/router, or a middleware, which has no methods. */
interface Layer {
  readonly path: string | RegExp;
  readonly methods: readonly string[];
  readonly regexp: RegExp;
}

/** The part of a router of @koa/router that says what it would do with a request. */
interface Router {
  readonly exclusive?: boolean;
  match(path: string, method: string): { readonly pathAndMethod: readonly Layer[] };
}

/**
 * The template of the route of @koa/router that took the request, with all prefixes and mounts. A
 * request that was refused before has the route that would have taken it. Undefined if there is none; a
 * mounted app without a router counts as one for what it answers.
 */
export function koaRoute(ctx: RoutedContext): string | undefined {
  const mounts = mountedPaths(ctx);
  // Routes that matched before have passed the request on to the mounted app.
  const matched = ctx.matched?.slice(matchedBeforeMount(ctx)) ?? [];
  const route = layerOf(ctx, matched);
  if (route !== undefined) {
    const mount = mounts.find(({ rest }) => (rest || "/").search(route.regexp) >= 0);
    return joinPaths(mount?.prefix ?? "", route.path);
  }
  if (matched.length > 0) return undefined;
  if (mounts.length === 0) return isRefused(ctx) ? nextRoute(ctx) : undefined;
  return ctx.status === 404 ? undefined : mounts[0]?.prefix;
}

/** The route that began, or that would have begun after the middleware that did. */
function layerOf(ctx: RoutedContext, matched: readonly Layer[]): Layer | undefined {
  const { method, _matchedRoute } = ctx;
  const layers = matched.filter(({ methods }) => isMiddleware(methods) || methods.includes(method));
  const begun = layers.findLastIndex(({ path }) => path === _matchedRoute);
  return layers.slice(Math.max(begun, 0)).find(isRoute) ?? layers.findLast(isRoute);
}

/** Whether the response refuses the request, or the client left before there was one. */
function isRefused({ status, headerSent }: RoutedContext): boolean {
  return status >= 400 || !headerSent;
}

/**
 * The route of one of the application's own routers that would have taken the request. Only paths that
 * begin with a text of their own: any other might belong to a mounted app, whose prefix Koa does not tell.
 */
function nextRoute({ app, path, method }: RoutedContext): string | undefined {
  for (const middleware of app.middleware) {
    const { router } = middleware as { readonly router?: Router };
    const [route, ...others] = router?.match(path, method).pathAndMethod.filter(isRoute) ?? [];
    if (route === undefined) continue;
    const isSure = router?.exclusive !== true || others.length === 0;
    return isSure && OWN_TEXT.test(String(route.path)) ? String(route.path) : undefined;
  }
  return undefined;
}

const OWN_TEXT = /^\/[^/:*{}()\\^]*(?:\/|$)/;

function isRoute({ methods }: Layer): boolean {
  return !isMiddleware(methods);
}

function isMiddleware(methods: readonly string[]): boolean {
  return methods.length === 0;
}

function joinPaths(mount: string, path: string | RegExp): string {
  return mount !== "" && path === "/" ? mount : mount + String(path);
}

import type { ExpressLayer } from "./layer.ts";

export interface ExpressRouter extends CallableFunction {
  readonly stack: readonly ExpressLayer[];
}

export interface ExpressApp extends CallableFunction {
  readonly set: unknown;
  readonly handle: unknown;
  /** Express 4. */
  readonly _router?: ExpressRouter;
  /** Express 5. In Express 4 it only throws. */
  readonly router?: ExpressRouter;
}

/** Express's own test for an application. */
export function isApp(value: unknown): value is ExpressApp {
  return typeof value === "function" && "handle" in value && "set" in value;
}

export function routerOf(app: ExpressApp): ExpressRouter | undefined {
  if (app._router !== undefined) return app._router;
  try {
    return app.router;
  } catch {
    return undefined;
  }
}

/** The router that a layer of another router leads to. */
export function mountedRouter(
  layer: ExpressLayer,
  parent: ExpressRouter,
): ExpressRouter | undefined {
  const { handle } = layer;
  if (isApp(handle)) return routerOf(handle);
  if (isRouter(handle)) return handle;
  return layer.name === "mounted_app" ? hiddenRouter(layer, parent) : undefined;
}

function isRouter(value: unknown): value is ExpressRouter {
  return typeof value === "function" && "stack" in value && Array.isArray(value.stack);
}

const hiddenRouters = new WeakMap<ExpressLayer, ExpressRouter>();

/**
 * The router of the application behind `app.use(path, subApp)`, which only a closure of Express
 * knows. It is asked once: while it is called, the method of all routers that it ends in takes a
 * note instead, so that nothing of the user's runs. (And a router of another copy of Express does
 * nothing with a request that has no URL.)
 */
function hiddenRouter(layer: ExpressLayer, parent: ExpressRouter): ExpressRouter | undefined {
  const known = hiddenRouters.get(layer);
  if (known !== undefined) return known;
  let routers: object = parent;
  while (!Object.hasOwn(routers, "handle")) routers = Object.getPrototypeOf(routers);
  const handle = Reflect.get(routers, "handle");
  Reflect.set(routers, "handle", function noteRouter(this: ExpressRouter): void {
    hiddenRouters.set(layer, this);
  });
  try {
    withoutWrapper(layer.handle)({ app: {} }, { setHeader() {} }, () => {});
  } catch {
    // It stays unknown.
  } finally {
    Reflect.set(routers, "handle", handle);
  }
  return hiddenRouters.get(layer);
}

/** OpenTelemetry's instrumentation would make a span of the call. */
function withoutWrapper(handle: unknown): CallableFunction {
  const { __original = handle } = handle as { __original?: unknown };
  return __original as CallableFunction;
}

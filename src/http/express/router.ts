import type { ExpressLayer } from "./layer.ts";

export interface ExpressRouter extends CallableFunction {
  readonly stack: readonly ExpressLayer[];
}

export interface ExpressApp extends CallableFunction {
  readonly set: unknown;
  readonly handle: unknown;
  /** The prototype of the requests that the application gets. */
  readonly request: object;
  /** The application that this one was mounted in last; undefined below a router. */
  readonly parent?: ExpressApp;
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

/** The router that a handler is, or leads to; undefined for any other function. */
export function routerBehind(handle: unknown): ExpressRouter | undefined {
  if (isApp(handle)) return routerOf(handle);
  return isRouter(handle) ? handle : undefined;
}

function isRouter(value: unknown): value is ExpressRouter {
  return typeof value === "function" && "stack" in value && Array.isArray(value.stack);
}

import type { IncomingMessage, ServerResponse } from "node:http";
import { PROTOCOL } from "../../process-wide.ts";
import type { ExpressRoute } from "./layer.ts";
import { type ExpressApp, isApp } from "./router.ts";

/** The route that Express entered last for a request, and where it stood then. */
export interface BegunRoute {
  readonly route: ExpressRoute;
  /** The application that the route belongs to. */
  readonly app: ExpressApp;
  /** What mounts had taken off the path. */
  readonly baseUrl: string;
  /** What was left of it. */
  readonly url: string;
  /** Whether this was noted at that moment; otherwise it is what the request says at its end. */
  readonly isNoted: boolean;
}

/** A message that an application of Express has seen. */
export interface ExpressRequest extends IncomingMessage {
  readonly url: string;
  readonly app: ExpressApp;
  readonly res?: ServerResponse;
  /** Undefined again once all routers have passed the request on. */
  readonly baseUrl?: string;
  readonly params?: object;
  readonly route?: ExpressRoute | undefined;
  [BEGUN]?: BegunRoute;
}

/** The key under which copies of this package store the route on a request. */
const BEGUN: unique symbol = Symbol.for(`narthex/${PROTOCOL}/express.route`) as never;

/**
 * Notes from now on where Express is when it enters a route, on all requests to the application. After
 * an error it is too late to ask: an application that handles the errors of those mounted in it has no
 * reference to them.
 */
export function trackRoutes(request: IncomingMessage): void {
  if (BEGUN in request) return;
  const { app } = request as Partial<ExpressRequest>;
  if (isApp(app)) Object.defineProperties(app.request, ACCESSORS);
}

const ACCESSORS: PropertyDescriptorMap & ThisType<ExpressRequest> = {
  [BEGUN]: { value: undefined, writable: true },
  route: {
    configurable: true,
    enumerable: true,
    get() {
      return this[BEGUN]?.route;
    },
    set(route: ExpressRoute) {
      const { app, baseUrl = "", url } = this;
      this[BEGUN] = { route, app, baseUrl, url, isNoted: true };
    },
  },
};

export function begunRoute(request: ExpressRequest): BegunRoute | undefined {
  // Nothing was noted: the application is mounted below a router, or this is its first request, and
  // no middleware of ours comes before the routes.
  if (Object.hasOwn(request, "route")) {
    const { route, app, baseUrl = "", url } = request;
    return route && { route, app, baseUrl, url, isNoted: false };
  }
  const begun = request[BEGUN];
  return begun?.route && begun;
}

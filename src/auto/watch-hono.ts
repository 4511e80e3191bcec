import type { IncomingMessage } from "node:http";
import type { Http2ServerRequest } from "node:http2";
import type { Context } from "hono";
import { honoRoute } from "../http/hono/route.ts";
import { setRouteOf } from "../http/request/find.ts";

type Arguments = ConstructorParameters<typeof Context>;
type ContextClass = new (...args: Arguments) => Context;

/** The contexts of Hono have the routes of requests found that came by `@hono/node-server`. */
export function watchedContext(HonoContext: ContextClass): ContextClass {
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

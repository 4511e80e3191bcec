import type { IncomingMessage } from "node:http";
import { expressRoute } from "../http/express/route.ts";
import { nextRoute } from "../http/next/route.ts";

/** The route of a request, as far as frameworks leave it on Node's own message. */
export function routeOfMessage(request: IncomingMessage): string | undefined {
  return nextRoute(request) ?? (isOfExpress(request) ? expressRoute(request) : undefined);
}

/** Others have a property `route`, too. */
function isOfExpress(request: IncomingMessage): boolean {
  return "app" in request && typeof request.app === "function";
}

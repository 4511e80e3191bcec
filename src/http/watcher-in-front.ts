import type { IncomingMessage } from "node:http";
import type { NodeHttpMetrics } from "./adapter.ts";
import { measuredOf } from "./request/find.ts";
import type { Watcher } from "./server/server-watch.ts";

/**
 * Watches servers themselves: all their requests are measured, and the page is answered in front of
 * their listeners. How routes are found is said beforehand where requests know them by themselves.
 */
export function watcherInFront(
  http: NodeHttpMetrics,
  findRoute?: (request: IncomingMessage) => string | undefined,
): Watcher {
  return {
    recorder: http.recorder,
    answers(request, response) {
      if (http.serves(request.url ?? "/")) {
        http.noteScrape(http.measure(request, response));
        void http.endpoint?.send(request, response);
        return true;
      }
      if (findRoute !== undefined) measuredOf(request)?.routedBy(findRoute, request);
      return false;
    },
  };
}

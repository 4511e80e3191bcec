import type { IncomingMessage } from "node:http";
import { measuredOf } from "./measured-message.ts";
import type { NodeHttpMetrics } from "./node-http-metrics.ts";
import type { Watcher } from "./server-watch.ts";

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

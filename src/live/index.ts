import { ownOptions } from "../options.ts";
import { metrics } from "../registry/metrics.ts";
import type { Registry } from "../registry/registry.ts";
import type { ScrapeResponse } from "../scrape/request.ts";
import { Live } from "./open.ts";
import { type LiveOptions, liveHandlerSettings } from "./options.ts";

export type { LiveOptions } from "./options.ts";

/** The options of `liveHandler`. */
export interface LiveHandlerOptions extends LiveOptions {
  /** Whose metrics are shown; those of the process-wide registry by default. */
  readonly registry?: Registry | undefined;
}

/**
 * A handler of the fetch API that answers with the live page of a registry, on whatever path it is called:
 * for a page apart from `/metrics`, which has it by itself with the option `live`. The page asks the same
 * URL for its numbers. Who may see it is for the caller to decide.
 *
 * The history of the page begins with this call. Requests other than GET and HEAD get 405.
 *
 * @throws where an option is bad
 * @example
 * const live = liveHandler({ historySeconds: 1800 });
 * const response = await live(new Request("http://127.0.0.1:3000/internal/live")); // a route passes its own
 */
export function liveHandler(
  given: LiveHandlerOptions = {},
): (request: Request) => Promise<Response> {
  const { registry = metrics, ...options } = ownOptions(given);
  const live = new Live(registry, liveHandlerSettings(options));
  return async (request) => {
    const { method, url, headers } = request;
    const header = (name: string) => headers.get(name) ?? undefined;
    return fetchResponse((await live.show({ method, url, header })) ?? ONLY_GET);
  };
}

const ONLY_GET: ScrapeResponse = { status: 405, headers: { allow: "GET, HEAD" }, body: "" };

function fetchResponse({ status, headers, body }: ScrapeResponse): Response {
  return new Response(body as Uint8Array<ArrayBuffer> | string, { status, headers });
}

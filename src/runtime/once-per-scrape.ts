import type { CollectContext } from "../model/sample-sink.ts";

/**
 * Lets several families share one reading per scrape, whichever of them the scrape asks for. Each
 * scrape has a signal of its own, which tells it from others.
 */
export function oncePerScrape<T>(read: () => T): (context: CollectContext) => T {
  let last: { readonly scrape: AbortSignal; readonly reading: T } | undefined;
  return ({ signal }) => {
    if (last?.scrape !== signal) last = { scrape: signal, reading: read() };
    return last.reading;
  };
}

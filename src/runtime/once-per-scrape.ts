import type { CollectContext } from "../model/collect-context.ts";

/**
 * Lets several families share one reading. It is taken once a scrape, which its signal tells from
 * every other, whichever of the families are asked for.
 */
export function oncePerScrape<T>(read: () => T): (context: CollectContext) => T {
  let last: { readonly scrape: AbortSignal; readonly reading: T } | undefined;
  return ({ signal }) => {
    if (last?.scrape !== signal) last = { scrape: signal, reading: read() };
    return last.reading;
  };
}

/**
 * @import { PeerRegistry } from "../peers/peers.mjs"
 * @import { Workload } from "../workload.mjs"
 */

/**
 * Bytes that a series takes, before any scrape and after one.
 *
 * @param {() => Workload} open
 */
export async function memoryOfSeries(open) {
  // Once for nothing: code, and the label values, which belong to the caller.
  open().run(1);
  const before = used();
  const { run, size, registry } = open();
  run(size);
  const unscraped = used() - before;
  await scrape(registry);
  const scraped = used() - before;
  // The registry is in use until here.
  await scrape(registry);
  return { unscraped: unscraped / size, scraped: scraped / size };
}

/**
 * Lets go of the page, which the function that awaited it would hold on to.
 *
 * @param {PeerRegistry} registry
 */
async function scrape(registry) {
  await registry.page();
}

/** Bytes in use, on the heap and off it, once all garbage is gone. */
export function used() {
  // What finalizers let go is free only after the collection that follows them.
  for (let i = 0; i < 3; i += 1) globalThis.gc?.();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

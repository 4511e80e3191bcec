import { longestBlock } from "../longest-block.mjs";

/** @import { Workload } from "../workload.mjs" */

/**
 * Milliseconds that so many updates take.
 *
 * @param {Workload} workload
 * @param {number} times
 */
export function timeUpdates(workload, times) {
  const start = performance.now();
  workload.run(times);
  return performance.now() - start;
}

/**
 * Milliseconds that a scrape takes after all values have changed, and the bytes that it gave.
 *
 * @param {Workload} workload
 */
export async function timeScrape({ run, size, registry }) {
  run(size);
  const start = performance.now();
  const page = await registry.page();
  return { ms: performance.now() - start, bytes: page.length };
}

/**
 * The longest time, in milliseconds, for which such a scrape keeps the event loop from turning.
 *
 * @param {Workload} workload
 */
export function blockOfScrape({ run, size, registry }) {
  run(size);
  return longestBlock(() => registry.page());
}

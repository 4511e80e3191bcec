import { PerformanceObserver } from "node:perf_hooks";
import { setTimeout as delay } from "node:timers/promises";
import { used } from "./memory.mjs";

/** @import { Workload } from "../workload.mjs" */

/** What so many updates allocate must fit into the room that a process was given. */
const BATCH = 100_000;
/** Bytes a call below which it is what the measurement itself allocates. */
const NOTHING = 0.05;

/**
 * Bytes that an update allocates.
 *
 * @param {Workload} workload
 * @param {number} times a multiple of what a batch is
 */
export async function allocatedByUpdate({ run }, times) {
  run(times);
  const batch = Math.min(times, BATCH);
  // A collection undoes optimizations, which are made again the first time round.
  await allocated(() => run(batch));
  let bytes = 0;
  for (let done = 0; done < times; done += batch) bytes += await allocated(() => run(batch));
  const each = bytes / times;
  return Math.abs(each) < NOTHING ? 0 : each;
}

/**
 * Bytes that a scrape allocates beyond its page, in parts of the page.
 *
 * @param {Workload} workload
 */
export async function allocatedByScrape({ run, size, registry }) {
  for (let i = 0; i < 3; i += 1) {
    run(size);
    await registry.page();
  }
  let length = 0;
  const bytes = await allocated(
    async () => {
      length = (await registry.page()).length;
    },
    () => run(size),
  );
  return (bytes - length) / length;
}

/**
 * Bytes by which the memory in use grows. That can't be told where garbage is collected meanwhile: then
 * it is done again.
 *
 * @param {() => unknown} work
 * @param {() => void} [prepare]
 */
async function allocated(work, prepare = () => {}) {
  for (let attempt = 0; attempt < 5; attempt += 1) {
    prepare();
    const bytes = await growth(work);
    if (bytes !== undefined) return bytes;
  }
  throw new Error(
    "garbage is collected whenever allocations are measured: there is too little room",
  );
}

/**
 * Bytes, or undefined where garbage was collected.
 *
 * @param {() => unknown} work
 */
async function growth(work) {
  used();
  let collections = 0;
  const observer = new PerformanceObserver((list) => {
    collections += list.getEntries().length;
  });
  // Those before are told of with some delay.
  await delay(10);
  observer.observe({ entryTypes: ["gc"] });
  const before = process.memoryUsage();
  await work();
  const after = process.memoryUsage();
  await delay(10);
  observer.disconnect();
  if (collections > 0) return undefined;
  return after.heapUsed + after.external - before.heapUsed - before.external;
}

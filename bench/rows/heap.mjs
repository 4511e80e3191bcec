// Imports nothing, as `import-cost.mjs` measures what an import adds.

/** Bytes in use, on the heap and beside it, after a garbage collection. */
export function used() {
  // What finalizers release is only free after the next collection.
  for (let i = 0; i < 3; i += 1) globalThis.gc?.();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

/**
 * Bytes that `work` allocates. A collection meanwhile would hide some: then it starts again, and gives up (undefined)
 * after some times.
 *
 * @param {() => unknown} work
 * @param {() => void} [prepare]
 */
export async function allocated(work, prepare = () => {}) {
  for (let attempt = 0; attempt < 5; attempt += 1) {
    const bytes = await growth(work, prepare);
    if (bytes !== undefined) return bytes;
  }
  return undefined;
}

/** Bytes, or undefined where garbage was collected. */
async function growth(/** @type {() => unknown} */ work, /** @type {() => unknown} */ prepare) {
  used();
  // After the collection, which discards optimized code.
  prepare();
  let collections = 0;
  const observer = new PerformanceObserver((list) => {
    collections += list.getEntries().length;
  });
  // The observer hears of collections with some delay, also of those in `used`.
  await delay();
  observer.observe({ entryTypes: ["gc"] });
  const before = process.memoryUsage();
  await work();
  const after = process.memoryUsage();
  await delay();
  observer.disconnect();
  if (collections > 0) return undefined;
  return after.heapUsed + after.external - before.heapUsed - before.external;
}

const delay = () => new Promise((resolve) => setTimeout(resolve, 10));

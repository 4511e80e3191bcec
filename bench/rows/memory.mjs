import { setImmediate } from "node:timers/promises";
import { interleave, medians } from "../interleave.mjs";
import { startPeer } from "../peers/peers.mjs";
import { atMost, row } from "../targets.mjs";
import { allocated, used } from "./heap.mjs";

/**
 * @import { Measuring } from "../peers/bench.mjs"
 * @import { PeerRegistry } from "../peers/peers.mjs"
 * @import { Values } from "../targets.mjs"
 * @import { Workload, WorkloadName } from "./updates.mjs"
 */

/** Bytes that a series keeps, each kind of each peer in a process of its own: nothing of the other is freed meanwhile. */
export async function memoryRows(/** @type {Measuring} */ { scale, peers }) {
  const counters = /** @type {const} */ ({ loop: "incObject", size: scale.counters });
  const histograms = /** @type {const} */ ({ loop: "observeObject", size: scale.histograms });
  const contenders = peers.map(({ name }) => ({
    name,
    measure: async () => ({
      counter: await memoryOf(name, counters),
      histogram: await memoryOf(name, histograms),
    }),
  }));
  const measured = await interleave(contenders, scale.memoryRounds);
  const ofCounter = [atMost(120, "120 bytes")];
  const ofHistogram = [atMost(250, "250 bytes")];
  const counter = medians(measured, ({ counter }) => counter.unscraped);
  const scrapedCounter = medians(measured, ({ counter }) => counter.scraped);
  const histogram = medians(measured, ({ histogram }) => histogram.unscraped);
  const scrapedHistogram = medians(measured, ({ histogram }) => histogram.scraped);
  return [
    row("memory of a counter series, 3 labels", "bytes", counter, ofCounter),
    row("the same once it was scraped some times", "bytes", scrapedCounter, ofCounter),
    row("memory of a histogram series, 11 bounds", "bytes", histogram, ofHistogram),
    row("the same once it was scraped some times", "bytes", scrapedHistogram, ofHistogram),
  ];
}

/**
 * @param {string} name
 * @param {WorkloadName} workload
 */
async function memoryOf(name, workload) {
  const peer = await startPeer(name);
  const memory = await peer.call("memoryOfSeries", workload);
  await peer.stop();
  return memory;
}

/**
 * In megabytes: room for all that a measurement allocates, so that nothing is collected. Pages lie outside of the heap,
 * but count as old objects: without room for these, each page of some megabytes makes Node.js 24 collect garbage.
 */
const ROOM = 512;
const ROOMY = [
  `--min-semi-space-size=${ROOM}`,
  `--max-semi-space-size=${ROOM}`,
  `--initial-old-space-size=${2 * ROOM}`,
];

/** Bytes that are allocated, each peer in a process of its own. */
export async function allocationRows(/** @type {Measuring} */ { scale, peers }) {
  /** @type {Record<"inc" | "observe" | "scrape", Values>} */
  const bytes = { inc: {}, observe: {}, scrape: {} };
  const page = /** @type {const} */ ({ loop: "addObject", size: scale.counters });
  const calls = scale.allocatingCalls;
  for (const { name } of peers) {
    const peer = await startPeer(name, ROOMY);
    bytes.inc[name] = await peer.call("allocatedByUpdate", { loop: "incHeld" }, calls);
    bytes.observe[name] = await peer.call("allocatedByUpdate", { loop: "observeHeld" }, calls);
    const share = await peer.call("allocatedByScrape", page);
    bytes.scrape[name] = share === undefined ? undefined : 100 * share;
    await peer.stop();
  }
  const nothing = [atMost(0, "0 bytes")];
  const beyond = "allocated by a scrape beyond its page, in parts of it";
  return [
    row("allocated by inc, held series", "bytes", bytes.inc, nothing),
    row("allocated by observe, held series", "bytes", bytes.observe, nothing),
    row(beyond, "%", bytes.scrape, [atMost(10, "little: 10 %")]),
  ];
}

// In the peer's process:

/**
 * Bytes that a series keeps, before any scrape and after some.
 *
 * @param {() => Workload} open
 */
export async function memoryOfSeries(open) {
  // The first one creates what is not a series' memory: code, and the caller's label values.
  open().run(1);
  const before = used();
  const { run, size, registry } = open();
  run(size);
  const unscraped = used() - before;
  // What is kept of a page for the next one is there after the second.
  for (let i = 0; i < 3; i += 1) await scrape(registry);
  // What a weak reference was made to, such as a page's memory, stays for the rest of the turn.
  await setImmediate();
  const scraped = used() - before;
  // Another scrape keeps the registry alive until here.
  await scrape(registry);
  return { unscraped: unscraped / size, scraped: scraped / size };
}

/** A function of its own, as one that awaits a page keeps it alive to its end. */
async function scrape(/** @type {PeerRegistry} */ registry) {
  await registry.page();
  registry.release?.();
}

/** What so many updates allocate fits into the room. */
const BATCH = 100_000;
/** Bytes for each call: what the measurement itself allocates is less. */
const NOTHING = 0.05;

/**
 * Bytes that an update allocates.
 *
 * @param {Workload} workload
 * @param {number} times a multiple of a batch
 */
export async function allocatedByUpdate({ run }, times) {
  run(times);
  const batch = Math.min(times, BATCH);
  const allocatedByBatch = () =>
    allocated(
      () => run(batch),
      () => run(batch),
    );
  // The first time optimized code may not be ready.
  await allocatedByBatch();
  let bytes = 0;
  for (let done = 0; done < times; done += batch) {
    const more = await allocatedByBatch();
    if (more === undefined) throw new Error("garbage is collected whenever updates are measured");
    bytes += more;
  }
  const each = bytes / times;
  return Math.abs(each) < NOTHING ? 0 : each;
}

/**
 * Bytes that a scrape allocates beyond its page, by the length of the page; undefined where garbage is collected in
 * each scrape.
 *
 * @param {Workload} workload
 */
export async function allocatedByScrape({ run, size, registry }) {
  for (let i = 0; i < 3; i += 1) {
    run(size);
    await registry.page();
  }
  let length = 0;
  const work = async () => {
    length = (await registry.page()).length;
  };
  const bytes = await allocated(work, () => run(size));
  return bytes === undefined ? undefined : (bytes - length) / length;
}

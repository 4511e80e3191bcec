import { interleave, medians, percentiles90 } from "../interleave.mjs";
import { startPeer } from "../peers/peers.mjs";
import { thousands } from "../report.mjs";
import { atMost, faster, row, within } from "../targets.mjs";

/**
 * @import { Measuring } from "../peers/bench.mjs"
 * @import { Format, PeerProcess } from "../peers/peers.mjs"
 * @import { RowTarget } from "../targets.mjs"
 * @import { Workload, WorkloadName } from "./updates.mjs"
 */

const COPY = "memcpy";
const SLICES = "a copy of the page in slices";
/** The scrapes of a round in which the longest block is looked for: of few, the 90th percentile would be the worst. */
const BLOCK_ROUNDS = 3;
const ALL = "all changed";
/** The text of this package, of another registry whose pages are left to the garbage collector. */
const UNRELEASED = "not released";

/** The part of the series that changes between two scrapes of most services is small. */
const FEW = 0.1;

/**
 * Scrapes of two big pages of one family, after all of their values have changed, and after few have.
 *
 * @param {Measuring} measuring
 */
export async function scrapeRows(measuring) {
  const { counters, histograms } = measuring.scale;
  const lines = thousands(14 * histograms);
  return [
    ...(await scrapesOf(
      `${thousands(counters)} counters`,
      { loop: "addObject", size: counters },
      [faster(70), within(4, "within 4x of memcpy")],
      measuring,
    )),
    await scrapesAfterFewChanges(
      `scrape of ${thousands(counters)} counters, ${100 * FEW} % of them changed, text`,
      { loop: "addSpread", size: counters },
      [faster(100)],
      measuring,
    ),
    ...(await scrapesOf(
      `${thousands(histograms)} histograms (${lines} lines)`,
      { loop: "observeObject", size: histograms },
      [faster(25)],
      measuring,
    )),
  ];
}

/**
 * @param {string} what
 * @param {WorkloadName} workload
 * @param {RowTarget[]} targets of text
 * @param {Measuring} measuring
 */
async function scrapesOf(what, workload, targets, measuring) {
  const { scale, peers, processOf } = measuring;
  const apart = await startPeer("narthex");
  const { times, blocks: ofBlocks } = await contenders(workload, measuring, apart);
  const ms = medians(await interleave(times, scale.scrapeRounds), (one) => one);
  const blocks = percentiles90(await interleave(ofBlocks, scale.scrapeRounds), (some) => some);
  for (const { name } of peers) await processOf(name).call("forget");
  await apart.stop();

  const inFormat = (/** @type {Format} */ format) =>
    Object.fromEntries(peers.map(({ name }) => [name, ms[`${name} ${format}`]]));
  const block = peers.map(({ name, formats }) => {
    const ofAll = formats.map((format) => blocks[`${name} ${format}`] ?? Number.NaN);
    return [name, Math.max(...ofAll)];
  });

  const text = inFormat("text");
  const openMetrics = inFormat("openmetrics");
  const protobuf = inFormat("protobuf");
  const copy = { what: COPY, value: Number(ms[COPY]) };
  const itsText = { what: "its text", value: Number(text.narthex) };
  const noSlower = [within(1, "no slower than text")];
  return [
    row(`scrape of ${what}, text`, "ms", text, targets, copy),
    row(`the same, ${UNRELEASED}`, "ms", { narthex: ms[UNRELEASED] }, [], itsText),
    row("the same in OpenMetrics", "ms", openMetrics, noSlower, itsText),
    row("the same in protobuf", "ms", protobuf, noSlower, itsText),
    row(
      "longest event-loop block in these scrapes, 90th percentile",
      "ms",
      Object.fromEntries(block),
      [atMost(2, "2 ms")],
      { what: SLICES, value: Number(blocks[COPY]) },
    ),
  ];
}

/**
 * @param {string} what
 * @param {WorkloadName} workload
 * @param {RowTarget[]} targets
 * @param {Measuring} measuring
 */
async function scrapesAfterFewChanges(what, workload, targets, { scale, peers, processOf }) {
  const timed = [];
  for (const { name } of peers) {
    const scrape = (share = 1) => processOf(name).call("timeScrape", workload, share);
    for (const share of [1, FEW, FEW]) await scrape(share);
    timed.push({ name, measure: async () => (await scrape(FEW)).ms });
    if (name !== "narthex") continue;
    timed.push({ name: ALL, measure: async () => (await scrape()).ms });
  }
  const ms = medians(await interleave(timed, scale.scrapeRounds), (one) => one);
  for (const { name } of peers) await processOf(name).call("forget");
  const values = Object.fromEntries(peers.map(({ name }) => [name, ms[name]]));
  const all = { what: ALL, value: Number(ms[ALL]) };
  return row(what, "ms", values, targets, all);
}

/**
 * Each peer in each of its formats, and the memcpy of this package's text: what takes time, and what blocks. They are
 * measured in turns of their own, as garbage is collected before a block is looked for. All of them are warm.
 *
 * @param {WorkloadName} page
 * @param {Measuring} measuring
 * @param {PeerProcess} apart one whose pages of megabytes are garbage, which would be collected in the scrapes of others
 */
async function contenders(page, { peers, processOf }, apart) {
  /** @type {{ name: string, measure: () => Promise<number> }[]} */
  const times = [];
  /** @type {{ name: string, measure: () => Promise<number[]> }[]} */
  const blocks = [];
  const addTime = (
    /** @type {string} */ name,
    /** @type {PeerProcess} */ process,
    /** @type {WorkloadName} */ workload,
  ) => {
    const scrape = () => process.call("timeScrape", workload);
    times.push({ name, measure: async () => (await scrape()).ms });
    return repeated(3, scrape);
  };
  const addBlock = (/** @type {string} */ name, /** @type {() => Promise<number>} */ block) =>
    blocks.push({ name, measure: () => repeated(BLOCK_ROUNDS, block) });

  for (const { name: peer, formats } of peers) {
    for (const format of formats) {
      const [name, workload] = [`${peer} ${format}`, { ...page, format }];
      await addTime(name, processOf(peer), workload);
      addBlock(name, () => processOf(peer).call("blockOfScrape", workload));
    }
  }
  const [{ bytes } = { bytes: 0 }] = await addTime(UNRELEASED, apart, {
    ...page,
    isReleased: false,
  });
  times.push({ name: COPY, measure: () => apart.call("timeCopy", bytes) });
  addBlock(COPY, () => apart.call("blockOfCopy", bytes));
  return { times, blocks };
}

/**
 * @template T
 * @param {number} count
 * @param {() => Promise<T>} measure
 */
async function repeated(count, measure) {
  const all = [];
  for (let i = 0; i < count; i += 1) all.push(await measure());
  return all;
}

// In the peer's process:

/**
 * The milliseconds that a scrape takes, and the length of its page.
 *
 * @param {Workload} workload
 * @param {number} [share] of the series that are updated before
 */
export async function timeScrape({ run, size, registry }, share = 1) {
  run(share * size);
  const start = performance.now();
  const page = await registry.page();
  const scrape = { ms: performance.now() - start, bytes: page.length };
  registry.release?.();
  return scrape;
}

/**
 * The longest time, in milliseconds, for which a scrape keeps the event loop from turning. The garbage of the updates
 * before, which is young, is collected first.
 *
 * @param {Workload} workload
 */
export async function blockOfScrape({ run, size, registry }) {
  run(size);
  globalThis.gc?.({ type: "minor" });
  const block = await longestBlock(() => registry.page());
  registry.release?.();
  return block;
}

/**
 * The longest time between two turns of the event loop, in milliseconds. A chain of immediates sees every turn, which a
 * timer's resolution does not. Where the process, all its threads together, had the processor for less than that, it
 * waited for others meanwhile, and that does not count.
 *
 * @param {() => Promise<unknown>} work
 */
export async function longestBlock(work) {
  let longest = 0;
  let isWorking = true;
  let last = clocks();
  const turn = () => {
    const now = clocks();
    longest = Math.max(longest, Math.min(now.wall - last.wall, now.cpu - last.cpu));
    last = now;
    if (isWorking) setImmediate(turn);
  };
  setImmediate(turn);
  await work();
  isWorking = false;
  turn();
  return longest;
}

/** In milliseconds. */
function clocks() {
  const { user, system } = process.cpuUsage();
  return { wall: performance.now(), cpu: (user + system) / 1000 };
}

let source = new Uint8Array();
const SLICE_BYTES = 1 << 15;

/**
 * The longest block while so many bytes are copied into a new buffer in slices.
 *
 * @param {number} bytes
 */
export function blockOfCopy(bytes) {
  globalThis.gc?.({ type: "minor" });
  if (source.length !== bytes) source = new Uint8Array(bytes).fill(1);
  return longestBlock(async () => {
    const copy = Buffer.allocUnsafeSlow(bytes);
    for (let at = 0; at < bytes; at += SLICE_BYTES) {
      copy.set(source.subarray(at, at + SLICE_BYTES), at);
      if (at % (8 * SLICE_BYTES) === 0) await new Promise((resolve) => setImmediate(resolve));
    }
  });
}

/**
 * The milliseconds that it takes to copy so many bytes into a new buffer.
 *
 * @param {number} bytes
 */
export function timeCopy(bytes) {
  if (source.length !== bytes) source = new Uint8Array(bytes).fill(1);
  const start = performance.now();
  const copy = source.slice();
  const ms = performance.now() - start;
  if (copy.length !== bytes) throw new Error("the copy is not as long as its source");
  return ms;
}

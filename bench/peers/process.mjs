// What a peer's process does for the rows: `startPeer` starts it.

import * as firstScrapes from "../rows/first-scrapes.mjs";
import { durations } from "../rows/inputs.mjs";
import * as memory from "../rows/memory.mjs";
import * as scrapes from "../rows/scrapes.mjs";
import { timeJson as timeJsonOf } from "../rows/switch.mjs";
import { openWorkload, timeUpdates as timeUpdatesOf } from "../rows/updates.mjs";
import { all, loadPeers, variants } from "./peers.mjs";

/**
 * @import { Workload, WorkloadName } from "../rows/updates.mjs"
 * @import { Peer, PeerRegistry } from "./peers.mjs"
 */

/** @type {Peer | undefined} */
let peer;

/**
 * Uses every type of every peer in every format: in a service, nothing is alone in its process. From then
 * on, this process measures one of them.
 *
 * @param {string} name
 */
export async function prepare(name) {
  const { peers } = await loadPeers();
  const loadVariant = variants[name];
  if (loadVariant) peers.push(await loadVariant());
  for (const one of peers) for (const format of one.formats) await warm(one.open(format));
  peer = peers.find((one) => one.name === name);
}

/**
 * The same with the types of one peer, for those that are many: returns the peer.
 *
 * @param {string} name
 */
export async function prepareAlone(name) {
  const one = await all[name]?.();
  if (one === undefined) throw new Error(`there is no peer ${name}`);
  for (const format of one.formats) await warm(one.open(format));
  return one;
}

const LABEL_NAMES = ["method", "route", "status"];
const WARM_CALLS = 200;

/** @param {PeerRegistry} registry */
async function warm(registry) {
  for (let width = 0; width <= LABEL_NAMES.length; width += 1) {
    const names = LABEL_NAMES.slice(0, width);
    const counter = registry.counter(`counter_${width}`, names);
    const gauge = registry.gauge(`gauge_${width}`, names);
    const histograms = [
      registry.histogram(`histogram_${width}`, names, [0.1, 1, 10]),
      registry.nativeHistogram?.(`native_${width}`, names),
      registry.summary?.(`summary_${width}`, names),
    ];
    for (let i = 0; i < WARM_CALLS; i += 1) {
      const labels = Object.fromEntries(names.map((name, k) => [name, `${name} ${i % (3 + k)}`]));
      const value = durations[i] ?? 1;
      counter.labels(labels).inc();
      counter.labels(labels).inc(i % 2 === 0 ? 2 : value);
      gauge.labels(labels).set(-value);
      for (const histogram of histograms) histogram?.labels(labels).observe(value);
      if (width === 0) continue;
      counter.inc(labels);
      counter.inc(labels, i % 2 === 0 ? 2 : value);
      gauge.set(labels, i);
      for (const histogram of histograms) histogram?.observe(labels, value);
    }
  }
  registry.useOwnTypes?.();
  for (let i = 0; i < 3; i += 1) await registry.page();
}

/** @param {WorkloadName} name */
function open(name) {
  const opened = peer && openWorkload(peer, name);
  if (opened === undefined) throw new Error(`${peer?.name} has no ${name.loop}`);
  return opened;
}

/** Workloads stay open, as their rounds follow each other. @type {Map<string, Workload>} */
const workloads = new Map();

export function forget() {
  workloads.clear();
  globalThis.gc?.();
}

/**
 * Workloads have names, as only names can be sent to a process.
 *
 * @template {unknown[]} A
 * @template R
 * @param {(workload: Workload, ...args: A) => R} task
 * @returns {(name: WorkloadName, ...args: A) => R}
 */
const byName =
  (task) =>
  (name, ...args) => {
    const key = JSON.stringify(name);
    const workload = workloads.get(key) ?? open(name);
    workloads.set(key, workload);
    return task(workload, ...args);
  };

export const timeUpdates = byName(timeUpdatesOf);
export const timeJson = byName(timeJsonOf);
export const timeScrape = byName(scrapes.timeScrape);
export const blockOfScrape = byName(scrapes.blockOfScrape);
export const { timeCopy, blockOfCopy } = scrapes;
export const allocatedByUpdate = byName(memory.allocatedByUpdate);
export const allocatedByScrape = byName(memory.allocatedByScrape);

/** @param {WorkloadName} name */
export const timeFirstScrape = (name) => firstScrapes.timeFirstScrape(open(name));
export const { timeFirstPage } = firstScrapes;

/** @param {WorkloadName} name */
export const memoryOfSeries = (name) => memory.memoryOfSeries(() => open(name));

/**
 * @param {WorkloadName} name
 * @param {number} times
 */
export async function pageAfter(name, times) {
  const { run, registry } = open(name);
  run(times);
  const page = await registry.page();
  return typeof page === "string" ? page : new TextDecoder().decode(page);
}

// A process that measures one peer, at its parent's bidding. It has used all of them before.
import { doTasks } from "./do-tasks.mjs";
import { loadPeers } from "./peers/peers.mjs";
import { allocatedByScrape, allocatedByUpdate } from "./tasks/allocation.mjs";
import { timeCopy, timeSlot } from "./tasks/floors.mjs";
import { memoryOfSeries } from "./tasks/memory.mjs";
import { blockOfScrape, timeScrape, timeUpdates } from "./tasks/timing.mjs";
import { warm } from "./warm.mjs";
import { openWorkload } from "./workload.mjs";

/** @import { Workload, WorkloadName } from "./workload.mjs" */

/** @typedef {typeof tasks} SubjectTasks */

const { peers } = await loadPeers();
await warm(peers);

/** @type {Map<string, Workload>} */
const workloads = new Map();

/**
 * @param {WorkloadName} name
 */
function open(name) {
  const peer = peers.find((one) => one.name === process.argv[2]);
  if (peer === undefined) throw new Error(`${process.argv[2]} is no peer`);
  return openWorkload(peer, name);
}

/**
 * A workload stays until it is forgotten: its rounds follow each other.
 *
 * @param {WorkloadName} name
 */
function workload(name) {
  const key = JSON.stringify(name);
  const opened = workloads.get(key) ?? open(name);
  workloads.set(key, opened);
  return opened;
}

const tasks = {
  /** @param {WorkloadName} name @param {number} times */
  timeUpdates: (name, times) => timeUpdates(workload(name), times),
  /** @param {WorkloadName} name */
  timeScrape: (name) => timeScrape(workload(name)),
  /** @param {WorkloadName} name */
  blockOfScrape: (name) => blockOfScrape(workload(name)),
  /** @param {WorkloadName} name */
  page: async (name) => {
    const page = await workload(name).registry.page();
    return typeof page === "string" ? page : new TextDecoder().decode(page);
  },
  /** @param {WorkloadName} name */
  memoryOfSeries: (name) => memoryOfSeries(() => open(name)),
  /** @param {WorkloadName} name @param {number} times */
  allocatedByUpdate: (name, times) => allocatedByUpdate(workload(name), times),
  /** @param {WorkloadName} name */
  allocatedByScrape: (name) => allocatedByScrape(workload(name)),
  timeSlot,
  timeCopy,
  forget() {
    workloads.clear();
    globalThis.gc?.();
  },
};

doTasks(tasks);

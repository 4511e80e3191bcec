// What the primary process of a cluster and its workers do for the rows of many processes.

import cluster from "node:cluster";
import { setTimeout as later } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { prepareAlone } from "../peers/process.mjs";
import { TaskProcess } from "../task-process.mjs";
import { longestBlock } from "./scrapes.mjs";
import { openWorkload } from "./updates.mjs";
// Before all that writes.
import { writtenBytes } from "./written-bytes.mjs";

/**
 * @import * as Tasks from "./cluster-process.mjs"
 * @import { Workload, WorkloadName } from "./updates.mjs"
 */

/** Microseconds of processor time. */
function used() {
  const { user, system } = process.cpuUsage();
  return user + system;
}

// In the primary process:

/** @type {TaskProcess<typeof Tasks>[]} */
let members = [];
/**
 * Who makes the page of all: the primary or a worker.
 *
 * @type {{ page: () => Promise<unknown>, blockOfPage: () => Promise<number> }}
 */
let maker;

/**
 * Starts the workers of a cluster, each of which has the same series.
 *
 * @param {string} name the peer
 * @param {WorkloadName} workload
 * @param {number} count
 */
export async function startCluster(name, workload, count) {
  const { openCluster } = await prepareAlone(name);
  cluster.setupPrimary({
    exec: fileURLToPath(new URL("../task-process.mjs", import.meta.url)),
    args: [import.meta.url],
  });
  const makePage = openCluster?.();
  const forked = Array.from({ length: count }, () => TaskProcess.of(cluster.fork().process));
  members = await Promise.all(forked);
  await Promise.all(members.map((member) => member.call("join", name, workload)));
  const [first] = members;
  if (makePage) {
    maker = { page: makePage, blockOfPage: () => longestBlock(makePage) };
  } else if (first) {
    maker = { page: () => first.call("page"), blockOfPage: () => first.call("blockOfPage") };
  }
}

/**
 * The milliseconds of processor time that all processes need until there is a page of them all, from the
 * moment at which all series have changed.
 *
 * @param {number} reportMs
 */
export async function cpuOfClusterPage(reportMs) {
  await changed();
  const before = used();
  await later(reportMs);
  await maker.page();
  const own = used() - before;
  const others = await Promise.all(members.map((member) => member.call("usedSinceUpdate")));
  return others.reduce((sum, micros) => sum + micros, own) / 1000;
}

/**
 * The longest time, in milliseconds, for which the process that makes such a page does nothing else.
 *
 * @param {number} reportMs
 */
export async function blockOfClusterPage(reportMs) {
  await changed();
  await later(reportMs);
  return maker.blockOfPage();
}

async function changed() {
  await Promise.all(members.map((member) => member.call("update")));
}

/**
 * The bytes that a member writes to files in a second.
 *
 * @param {boolean} isBusy whether all of its series change all the time
 * @param {{ reportMs: number, writeMs: number }} scale
 */
export async function bytesASecond(isBusy, { reportMs, writeMs }) {
  const [member] = members;
  // What has changed before is written by then.
  await later(reportMs);
  return member?.call("bytesWritten", isBusy, writeMs);
}

// In a worker:

/** @type {Workload} */
let opened;
let usedBefore = 0;

/**
 * @param {string} name
 * @param {WorkloadName} workload
 */
export async function join(name, workload) {
  const found = openWorkload(await prepareAlone(name), workload);
  if (found?.registry.joinCluster === undefined) throw new Error(`${name} knows no clusters`);
  found.registry.joinCluster();
  opened = found;
}

export function update() {
  opened.run(opened.size);
  usedBefore = used();
}

export const usedSinceUpdate = () => used() - usedBefore;

export async function page() {
  await opened.registry.page();
}

export const blockOfPage = () => longestBlock(() => opened.registry.page());

/**
 * @param {boolean} isBusy
 * @param {number} forMs
 */
export async function bytesWritten(isBusy, forMs) {
  const before = writtenBytes();
  const start = performance.now();
  do {
    if (isBusy) opened.run(opened.size);
    await later(Math.min(forMs, 50));
  } while (performance.now() - start < forMs);
  return (1000 * (writtenBytes() - before)) / (performance.now() - start);
}

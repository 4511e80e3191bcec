import { interleave, medians, percentiles90 } from "../interleave.mjs";
import { IN_THREADS, startPeer } from "../peers/peers.mjs";
import { thousands } from "../report.mjs";
import { atMost, faster, row, within } from "../targets.mjs";
import { TaskProcess } from "../task-process.mjs";
import { updateRow } from "./updates.mjs";

/**
 * @import { Measuring } from "../peers/bench.mjs"
 * @import * as Tasks from "./cluster-process.mjs"
 * @import { WorkloadName } from "./updates.mjs"
 */

const COMPARED = new Set(["narthex", "prom-client", "@prometheus-io/client"]);

/** Many processes on one page, and many threads. */
export async function clusterRows(/** @type {Measuring} */ measuring) {
  const { members } = measuring.scale.cluster;
  const pages = [];
  for (const count of members) pages.push(...(await pagesOf(count, measuring)));
  return [...pages, ...(await writtenRows(measuring)), ...(await threadRows(measuring))];
}

/**
 * @param {number} count
 * @param {Measuring} measuring
 */
async function pagesOf(count, { scale, peers }) {
  const { series, warmRounds, rounds, reportMs } = scale.cluster;
  const contenders = [];
  const clusters = [];
  for (const { name } of peers) {
    if (!COMPARED.has(name)) continue;
    const cluster = await clusterOf(name, count, series);
    clusters.push(cluster);
    const measure = async () => ({
      ms: await cluster.call("cpuOfClusterPage", reportMs),
      block: await cluster.call("blockOfClusterPage", reportMs),
    });
    // Code and caches are warm by then.
    for (let i = 0; i < warmRounds; i += 1) await measure();
    contenders.push({ name, measure });
  }
  const measured = await interleave(contenders, rounds);
  for (const cluster of clusters) await cluster.stop();
  return [
    row(
      `page of ${count} processes with ${thousands(series)} counters each, processor time of all`,
      "ms",
      medians(measured, ({ ms }) => ms),
      [faster(25)],
    ),
    row(
      "longest event-loop block of who makes it, 90th percentile",
      "ms",
      percentiles90(measured, ({ block }) => [block]),
      [faster(25)],
    ),
  ];
}

/** @param {Measuring} measuring */
async function writtenRows({ scale }) {
  const { series } = scale.cluster;
  const cluster = await clusterOf("narthex", 1, series);
  const written = async (/** @type {boolean} */ isBusy) => {
    const bytes = await cluster.call("bytesASecond", isBusy, scale.cluster);
    return { narthex: Number(bytes) };
  };
  const rows = [
    row("written by an idle process of a group, a second", "bytes", await written(false), [
      atMost(0, "0 bytes"),
    ]),
    row(
      `the same while ${thousands(series)} counters change all the time`,
      "bytes",
      await written(true),
      [],
    ),
  ];
  await cluster.stop();
  return rows;
}

/** @param {Measuring} measuring */
async function threadRows(measuring) {
  const threads = await startPeer(IN_THREADS);
  const peers = measuring.peers.filter(({ name }) => name === "narthex");
  const processOf = (/** @type {string} */ name) =>
    name === "narthex" ? threads : measuring.processOf("narthex");
  const rows = [];
  for (const update of /** @type {const} */ ([
    { what: "inc, held series, in a group of threads", loop: "incHeld" },
    { what: "inc, object of 3 labels, in a group of threads", loop: "incObject", size: 100 },
    { what: "observe, held series, in a group of threads", loop: "observeHeld" },
  ])) {
    const beside = { what: "alone", loop: update.loop, peer: "alone" };
    const targets = [within(1.5, "1.5x of a single process")];
    rows.push(await updateRow({ ...update, targets, beside }, { ...measuring, peers, processOf }));
  }
  await threads.stop();
  return rows;
}

/**
 * @param {string} peer
 * @param {number} count
 * @param {number} series
 */
async function clusterOf(peer, count, series) {
  /** @type {TaskProcess<typeof Tasks>} */
  const cluster = await TaskProcess.start(new URL("cluster-process.mjs", import.meta.url));
  /** @type {WorkloadName} */
  const workload = { loop: "addObject", size: series };
  await cluster.call("startCluster", peer, workload, count);
  return cluster;
}

import { versionOf } from "../newest/packages.mjs";
import { partsOf } from "../parts.mjs";
import { quantity, targetColumns } from "../report.mjs";
import { clusterRows } from "../rows/cluster.mjs";
import { firstScrapeRows } from "../rows/first-scrapes.mjs";
import { liveRows } from "../rows/live.mjs";
import { allocationRows, memoryRows } from "../rows/memory.mjs";
import { importRows, sizeRows } from "../rows/package.mjs";
import { scrapeRows } from "../rows/scrapes.mjs";
import { switchRows } from "../rows/switch.mjs";
import { updateRows } from "../rows/updates.mjs";
import { loadPeers, startPeer } from "./peers.mjs";
import { checkSameNumbers } from "./same-numbers.mjs";

/**
 * @import { Results } from "../report.mjs"
 * @import { Scale } from "../scale.mjs"
 * @import { Row } from "../targets.mjs"
 * @import { Peer, PeerProcess } from "./peers.mjs"
 */

/**
 * What rows are measured with.
 *
 * @typedef {object} Measuring
 * @property {Scale} scale
 * @property {readonly Peer[]} peers
 * @property {(peer: string) => PeerProcess} processOf
 */

const groups = {
  updates: updateRows,
  scrapes: scrapeRows,
  "first scrapes": firstScrapeRows,
  cluster: clusterRows,
  switch: switchRows,
  memory: memoryRows,
  allocations: allocationRows,
  live: liveRows,
  imports: importRows,
  size: sizeRows,
};

/**
 * Measures this package, its peers and the machine's own limits.
 *
 * @param {Scale} scale
 * @param {string} [only] some of the groups, as the command line has them
 * @returns {Promise<Results<Row>>}
 */
export async function benchPeers(scale, only) {
  const parts = partsOf(groups, only);
  const { peers, leftOut } = await loadPeers();
  for (const note of leftOut) console.log(note);
  const started = await Promise.all(peers.map(({ name }) => startPeer(name)));
  const processes = new Map(peers.map(({ name }, i) => [name, started[i]]));
  const processOf = (/** @type {string} */ name) => {
    const process = processes.get(name);
    if (process === undefined) throw new Error(`there is no process for ${name}`);
    return process;
  };

  const measuring = { scale, peers, processOf };
  const pages = await checkSameNumbers(measuring);
  console.log(`The same numbers on ${pages} pages of all peers.`);
  const rows = [];
  for (const [name, measure] of parts) {
    console.log(`Measuring ${name} …`);
    rows.push(...(await measure(measuring)));
  }
  for (const process of started) await process.stop();

  const packages = peers.map(({ name, packages }) => ({ name, version: versionOf(packages[0]) }));
  return { packages, notes: leftOut, columns: columnsOf(peers), rows };
}

/**
 * @param {readonly Peer[]} peers
 * @returns {Record<string, (row: Row) => string>}
 */
export function columnsOf(peers) {
  return {
    "": ({ what }) => what,
    ...Object.fromEntries(
      peers.map(({ name }) => [name, ({ values, unit }) => quantity(values[name], unit)]),
    ),
    "ratio to prom-client": ({ ratio }) => (ratio === null ? "" : `${quantity(ratio)}x`),
    beside: ({ beside, unit }) =>
      beside ? `${quantity(beside.value, unit)} (${beside.what})` : "",
    ...targetColumns,
  };
}

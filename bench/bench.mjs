import { machine } from "./machine.mjs";
import { loadPeers, versionOf } from "./peers/peers.mjs";
import { allocationRows } from "./rows/allocations.mjs";
import { importRows } from "./rows/imports.mjs";
import { memoryRows } from "./rows/memory.mjs";
import { scrapeRows } from "./rows/scrapes.mjs";
import { sizeRows } from "./rows/size.mjs";
import { updateRows } from "./rows/updates.mjs";
import { checkSameNumbers } from "./same-numbers.mjs";
import { full, quick } from "./scale.mjs";
import { startSubject } from "./start-subject.mjs";
import { table } from "./table.mjs";
import { leftOutLine, writeResults } from "./write-results.mjs";

/**
 * @import { Peer } from "./peers/peers.mjs"
 * @import { Scale } from "./scale.mjs"
 * @import { SubjectTasks } from "./subject.mjs"
 * @import { TaskProcess } from "./task-process.mjs"
 */

/**
 * What a group of rows is measured with.
 *
 * @typedef {object} Measuring
 * @property {Scale} scale
 * @property {readonly Peer[]} peers
 * @property {(peer: string) => TaskProcess<SubjectTasks>} subject the process of a peer
 */

const files = {
  json: new URL("results/latest.json", import.meta.url),
  page: new URL("../docs/benchmarks.md", import.meta.url),
};

/**
 * Measures this package, its peers and the machine's own limits in one run; the quick form only shows
 * that all of it works: it judges nothing but the numbers on the pages, and writes nothing.
 *
 * @param {{ isQuick: boolean }} options
 */
export async function bench({ isQuick }) {
  const { peers, leftOut } = await loadPeers();
  for (const one of leftOut) console.log(leftOutLine(one));
  const scale = isQuick ? quick : full;
  const names = peers.map(({ name }) => name);
  const subjects = await startAll(names);
  const subject = (/** @type {string} */ name) => {
    const started = subjects.get(name);
    if (started === undefined) throw new Error(`there is no process for ${name}`);
    return started;
  };

  const measuring = { scale, peers, subject };
  const pages = await checkSameNumbers(measuring);
  console.log(`The same numbers on ${pages} pages of all peers.`);
  const measured = await measureAll(measuring);
  await Promise.all([...subjects.values()].map((started) => started.stop()));

  const rows = isQuick ? measured.map((row) => ({ ...row, targets: [] })) : measured;
  console.log(table(rows, names));
  if (isQuick) return;
  const run = {
    date: new Date().toISOString().slice(0, 10),
    machine: machine(),
    node: process.versions.node,
    peers: peers.map(({ name, packages }) => ({ name, version: versionOf(packages[0]) })),
    leftOut,
    rows,
  };
  await writeResults(run, files);
}

/** @param {readonly string[]} names */
async function startAll(names) {
  return new Map(
    await Promise.all(
      names.map(async (name) => /** @type {const} */ ([name, await startSubject(name)])),
    ),
  );
}

/** @param {Measuring} measuring */
async function measureAll(measuring) {
  const groups = {
    updates: updateRows,
    scrapes: scrapeRows,
    memory: memoryRows,
    allocations: allocationRows,
    imports: importRows,
    size: sizeRows,
  };
  const rows = [];
  for (const [name, measure] of Object.entries(groups)) {
    console.log(`Measuring ${name} …`);
    rows.push(...(await measure(measuring)));
  }
  return rows;
}

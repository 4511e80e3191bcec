import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { interleave, medians } from "../interleave.mjs";
import { halfOfPromClient } from "../targets.mjs";

/**
 * @import { ImportCost } from "../import-cost.mjs"
 * @import { Measuring } from "../bench.mjs"
 * @import { Row } from "../row.mjs"
 */

const execute = promisify(execFile);
const file = fileURLToPath(new URL("../import-cost.mjs", import.meta.url));

/**
 * What it costs to import a peer, in a process that imports nothing else.
 *
 * @param {Measuring} measuring
 * @returns {Promise<Row[]>}
 */
export async function importRows({ scale, peers }) {
  const contenders = peers.map(({ name, packages }) => ({ name, measure: () => cost(packages) }));
  await interleave(contenders, 1); // From then on the files are in the machine's cache.
  const measured = await interleave(contenders, scale.importRounds);
  /** @type {(what: string, unit: Row["unit"], number: (cost: ImportCost) => number) => Row} */
  const row = (what, unit, number) => ({
    what,
    unit,
    values: Object.fromEntries(medians(measured, number)),
    targets: [halfOfPromClient],
  });
  return [
    row("time to import", "ms", ({ ms }) => ms),
    row("memory that an import takes", "kB", ({ bytes }) => bytes / 1000),
  ];
}

/**
 * @param {readonly string[]} packages
 * @returns {Promise<ImportCost>}
 */
async function cost(packages) {
  const { stdout } = await execute(process.execPath, ["--expose-gc", file, ...packages]);
  return JSON.parse(stdout);
}

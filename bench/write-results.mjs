import { keepResults } from "./keep-results.mjs";
import { ratio } from "./row.mjs";
import { table } from "./table.mjs";

/**
 * @import { ResultFiles } from "./keep-results.mjs"
 * @import { LeftOut } from "./peers/peers.mjs"
 * @import { Row } from "./row.mjs"
 */

/**
 * @typedef {object} Run
 * @property {string} date
 * @property {string} machine
 * @property {string} node
 * @property {readonly { name: string, version: string }[]} peers
 * @property {readonly LeftOut[]} leftOut
 * @property {readonly Row[]} rows
 */

/**
 * @param {Run} run
 * @param {ResultFiles} files
 */
export async function writeResults(run, files) {
  await keepResults("npm run bench", { markdown: markdown(run), json: plain(run) }, files);
}

/** @param {LeftOut} one */
export const leftOutLine = ({ name, version, why }) => `${name} ${version} is left out: ${why}.`;

/** @param {Run} run */
function markdown({ date, machine, node, peers, leftOut, rows }) {
  const names = peers.map(({ name }) => name);
  const versions = peers.map(({ name, version }) => `${name} ${version}`).join(", ");
  return [
    `${date}, ${machine}, Node.js ${node}: ${versions}.`,
    ...leftOut.map(leftOutLine),
    table(rows, names),
  ].join("\n\n");
}

/** @param {Run} run */
function plain({ rows, ...run }) {
  return {
    ...run,
    rows: rows.map((row) => ({
      ...row,
      ratio: Number.isNaN(ratio(row)) ? null : ratio(row),
      targets: row.targets.map(({ text, isReached }) => ({ text, reached: isReached(row) })),
    })),
  };
}

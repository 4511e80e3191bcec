import { keepResults } from "../keep-results.mjs";
import { httpTable } from "./http-table.mjs";

/**
 * @import { ResultFiles } from "../keep-results.mjs"
 * @import { Row } from "./rows.mjs"
 */

/**
 * @typedef {object} HttpRun
 * @property {string} date
 * @property {string} machine
 * @property {string} node
 * @property {string} cores
 * @property {readonly { name: string, version: string }[]} packages
 * @property {readonly Row[]} rows
 */

/**
 * @param {HttpRun} run
 * @param {ResultFiles} files
 */
export async function writeHttpResults(run, files) {
  await keepResults("npm run bench:http", { markdown: markdown(run), json: plain(run) }, files);
}

/** @param {HttpRun} run */
function markdown({ date, machine, node, cores, packages, rows }) {
  const versions = packages.map(({ name, version }) => `${name} ${version}`).join(", ");
  return `${date}, ${machine}, Node.js ${node}: ${versions}. ${cores}\n\n${httpTable(rows)}`;
}

/** @param {HttpRun} run */
function plain({ rows, ...run }) {
  return {
    ...run,
    rows: rows.map((row) => ({
      ...row,
      targets: row.targets.map(({ text, isReached }) => ({ text, reached: isReached(row, rows) })),
    })),
  };
}

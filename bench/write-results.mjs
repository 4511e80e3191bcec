import { mkdir, readFile, writeFile } from "node:fs/promises";
import { ratio } from "./row.mjs";
import { table } from "./table.mjs";

/**
 * @import { LeftOut } from "./peers/peers.mjs"
 * @import { Row } from "./row.mjs"
 */

const BEGIN = "<!-- written by npm run bench -->";
const END = "<!-- end of what npm run bench wrote -->";

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
 * Keeps a run as JSON, and in the page on benchmarks between its marks: the prose around them stays.
 *
 * @param {Run} run
 * @param {{ json: URL, page: URL }} files
 */
export async function writeResults(run, { json, page }) {
  const text = await readFile(page, "utf8");
  const begin = text.indexOf(BEGIN);
  const end = text.indexOf(END);
  if (begin < 0 || end < begin) {
    throw new Error(
      `${page.pathname} needs the lines ${BEGIN} and ${END}: the table goes between.`,
    );
  }
  const written = [text.slice(0, begin + BEGIN.length), markdown(run), text.slice(end)];
  await writeFile(page, written.join("\n\n"));
  await mkdir(new URL(".", json), { recursive: true });
  await writeFile(json, `${JSON.stringify(plain(run), undefined, 2)}\n`);
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

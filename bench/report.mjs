import { mkdir, readFile, writeFile } from "node:fs/promises";
import { arch, availableParallelism, cpus, platform } from "node:os";

import { isNewest } from "./newest/packages.mjs";

/** @import { Verdict } from "./targets.mjs" */

/**
 * What a benchmark gives: its rows, and what each column of the table shows of them.
 *
 * @template {{ targets: Verdict[] }} R
 * @typedef {object} Results
 * @property {{ name: string, version: string }[]} packages that took part
 * @property {string[]} notes
 * @property {Record<string, (row: R) => string>} columns
 * @property {R[]} rows
 */

const resultsFolder = new URL("results/", import.meta.url);
const page = new URL("../docs/benchmarks.md", import.meta.url);

/**
 * Prints the table, and keeps it: that of the newest Node.js first, and that of an older one beside it.
 *
 * @template {{ targets: Verdict[] }} R
 * @param {string} command
 * @param {Results<R>} results
 * @param {{ isJudged: boolean, isKept: boolean, json: string }} how `json` is the file in `results/`
 */
export async function report(command, results, { isJudged, isKept, json }) {
  const { columns, rows } = results;
  console.log(table(columns, isJudged ? rows : rows.map((row) => ({ ...row, targets: [] }))));
  if (!isKept) return;
  const [by, file] = isNewest
    ? [command, `${json}.json`]
    : [`${command} on an older Node.js`, `${json}-older-node.json`];
  await keep(by, results, { page, json: new URL(file, resultsFolder) });
}

/**
 * Writes the results as JSON, and into the page on benchmarks, between the command's marks.
 *
 * @template {{ targets: Verdict[] }} R
 * @param {string} command
 * @param {Results<R>} results
 * @param {{ page: URL, json: URL }} files
 */
export async function keep(command, { columns, rows, packages, notes }, { page, json }) {
  const marks = [`<!-- written by ${command} -->`, `<!-- end of what ${command} wrote -->`];
  const [begin = "", end = ""] = marks;
  const text = await readFile(page, "utf8");
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  if (from < 0 || to < from) {
    throw new Error(
      `${page.pathname} needs the lines ${marks.join(" and ")}: the table goes between.`,
    );
  }
  const run = { date: new Date().toISOString().slice(0, 10), machine: machine() };
  const node = process.versions.node;
  const versions = packages.map(({ name, version }) => `${name} ${version}`).join(", ");
  const intro = `${run.date}, ${run.machine}, Node.js ${node}: ${versions}.`;
  const written = [intro, ...notes, table(columns, rows)];
  await writeFile(
    page,
    [text.slice(0, from + begin.length), ...written, text.slice(to)].join("\n\n"),
  );
  await mkdir(new URL(".", json), { recursive: true });
  const kept = { ...run, node, packages, notes: notes.join(" "), rows };
  await writeFile(json, `${JSON.stringify(kept, undefined, 2)}\n`);
}

export function machine() {
  const model = cpus()[0]?.model.trim() ?? "an unknown processor";
  return `${availableParallelism()} cores of ${model}, ${platform()} ${arch()}`;
}

/**
 * A table in Markdown, padded so that it reads well in a terminal, too.
 *
 * @template R
 * @param {Record<string, (row: R) => string>} columns
 * @param {readonly R[]} rows
 */
export function table(columns, rows) {
  const padded = Object.entries(columns).map(([head, show]) => {
    const cells = [head, ...rows.map(show)];
    const width = Math.max(3, ...cells.map((cell) => cell.length));
    const [top = "", ...rest] = cells.map((cell) => ` ${cell.padEnd(width)} `);
    return [top, "-".repeat(width + 2), ...rest];
  });
  const lines = padded[0]?.map((_, i) => `|${padded.map((column) => column[i]).join("|")}|`);
  return lines?.join("\n") ?? "";
}

/** @satisfies {Record<string, (row: { targets: Verdict[] }) => string>} */
export const targetColumns = {
  target: ({ targets }) => targets.map(({ text }) => text).join("; "),
  reached: ({ targets }) => targets.map(({ reached }) => (reached ? "yes" : "**no**")).join("; "),
};

/** A number in three digits, with its unit. */
export function quantity(/** @type {number | undefined} */ value, unit = "") {
  return value === undefined ? "–" : `${digits(value)} ${unit}`.trimEnd();
}

/** @param {number} value */
function digits(value) {
  const size = Math.abs(value);
  if (size >= 100 || Number.isInteger(value)) return thousands(Math.round(value));
  if (size < 0.005) return "0";
  return value.toFixed(size < 10 ? 2 : 1);
}

/** @param {number} count */
export const thousands = (count) => count.toLocaleString("en");

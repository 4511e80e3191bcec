import { digits } from "./digits.mjs";
import { markdownTable } from "./markdown-table.mjs";
import { ratio } from "./row.mjs";

/** @import { Row, Unit } from "./row.mjs" */

/**
 * The table in Markdown, which reads well in a terminal, too.
 *
 * @param {readonly Row[]} rows
 * @param {readonly string[]} peers
 */
export function table(rows, peers) {
  const head = ["", ...peers, "ratio to prom-client", "beside", "target", "reached"];
  return markdownTable([head, ...rows.map((row) => cells(row, peers))]);
}

/**
 * @param {Row} row
 * @param {readonly string[]} peers
 */
function cells(row, peers) {
  const { what, unit, values, beside, targets } = row;
  const times = ratio(row);
  return [
    what,
    ...peers.map((peer) => cell(values[peer], unit)),
    Number.isNaN(times) ? "" : `${digits(times)}x`,
    beside === undefined ? "" : `${cell(beside.value, unit)} (${beside.what})`,
    targets.map(({ text }) => text).join("; "),
    targets.map(({ isReached }) => (isReached(row) ? "yes" : "**no**")).join("; "),
  ];
}

/**
 * @param {number | undefined} value
 * @param {Unit} unit
 */
function cell(value, unit) {
  return value === undefined ? "–" : `${digits(value)} ${unit}`.trimEnd();
}

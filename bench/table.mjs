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
  const lines = [head, ...rows.map((row) => cells(row, peers))];
  const widths = head.map((_, i) => Math.max(3, ...lines.map((line) => line[i]?.length ?? 0)));
  const [top = "", ...rest] = lines.map(
    (line) => `| ${line.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join(" | ")} |`,
  );
  const rule = `|${widths.map((width) => "-".repeat(width + 2)).join("|")}|`;
  return [top, rule, ...rest].join("\n");
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

/**
 * Three digits, as far as there are any.
 *
 * @param {number} value
 */
function digits(value) {
  const size = Math.abs(value);
  if (size >= 100 || Number.isInteger(value)) return Math.round(value).toLocaleString("en");
  if (size < 0.005) return "0";
  return value.toFixed(size < 10 ? 2 : 1);
}

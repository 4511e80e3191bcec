import { digits } from "../digits.mjs";
import { markdownTable } from "../markdown-table.mjs";

/** @import { Row } from "./rows.mjs" */

const HEAD = [
  "",
  "requests/s",
  "with / without",
  "CPU a request",
  "overhead",
  "target",
  "reached",
  "server's core",
  "client's core",
];

/** @param {readonly Row[]} rows */
export function httpTable(rows) {
  return markdownTable([HEAD, ...rows.map((row) => cells(row, rows))]);
}

/**
 * @param {Row} row
 * @param {readonly Row[]} rows
 */
function cells(row, rows) {
  const { framework, variant, ratio, overheadMicros, targets } = row;
  return [
    variant === "" ? framework : `${framework}, ${variant}`,
    digits(Math.round(row.requestsPerSecond)),
    ratio === undefined ? "" : ratio.toFixed(3),
    `${digits(row.cpuMicros)} µs`,
    overheadMicros === undefined ? "" : `${digits(overheadMicros)} µs`,
    targets.map(({ text }) => text).join("; "),
    targets.map(({ isReached }) => (isReached(row, rows) ? "yes" : "**no**")).join("; "),
    `${digits(100 * row.serverBusy)} %`,
    `${digits(100 * row.clientBusy)} %`,
  ];
}

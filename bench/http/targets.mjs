/** @import { Row } from "./rows.mjs" */

/**
 * @typedef {object} Target
 * @property {string} text
 * @property {(row: Row, rows: readonly Row[]) => boolean} isReached among all rows
 */

/** What only does what cannot be left out. */
export const CONTROL = "the clock, read twice";

/**
 * @param {number} ratio
 * @returns {Target}
 */
export const throughputOf = (ratio) => ({
  text: `at least ${ratio}`,
  isReached: (row) => Number(row.ratio) >= ratio,
});

/**
 * @param {number} distance
 * @returns {Target}
 */
export const throughputNearControl = (distance) => ({
  text: `within ${distance} of the control`,
  isReached: (row, rows) =>
    Number(row.ratio) >= Number(rows.find(({ variant }) => variant === CONTROL)?.ratio) - distance,
});

/** @type {Target} */
export const overheadOf3 = {
  text: "at most 3 µs",
  isReached: (row) => Number(row.overheadMicros) <= 3,
};

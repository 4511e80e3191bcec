import { ratio } from "./row.mjs";

/** @import { Target } from "./row.mjs" */

/**
 * @param {number} times
 * @returns {Target}
 */
export const faster = (times) => ({
  text: `${times}x faster`,
  isReached: (row) => ratio(row) >= times,
});

/**
 * @param {number} times of what stands beside it
 * @param {string} text
 * @returns {Target}
 */
export const within = (times, text) => ({
  text,
  isReached: ({ values, beside }) => Number(values.narthex) <= times * Number(beside?.value),
});

/**
 * @param {number} limit
 * @param {string} text
 * @returns {Target}
 */
export const atMost = (limit, text) => ({
  text,
  isReached: ({ values }) => Number(values.narthex) <= limit,
});

/** @type {Target} */
export const halfOfPromClient = {
  text: "half of prom-client's",
  isReached: (row) => ratio(row) >= 2,
};

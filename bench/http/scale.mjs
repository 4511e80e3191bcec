/**
 * How much is measured.
 *
 * @typedef {object} HttpScale
 * @property {number} generations how many processes serve each variant, one after the other
 * @property {number} warmMs how long a process serves before it is measured
 * @property {number} rounds how often each variant of a framework has its turn, in each generation
 * @property {number} turnMs
 * @property {number} connections
 */

/** @type {HttpScale} */
export const full = { generations: 6, warmMs: 1500, rounds: 4, turnMs: 1000, connections: 50 };

/**
 * Enough to see that everything still runs.
 *
 * @type {HttpScale}
 */
export const quick = { generations: 1, warmMs: 20, rounds: 1, turnMs: 20, connections: 4 };

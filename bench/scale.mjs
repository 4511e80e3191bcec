/**
 * How much is measured.
 *
 * @typedef {object} Scale
 * @property {number} rounds how often each contender has its turn at updating
 * @property {number} batchMs how long such a turn lasts, at least
 * @property {readonly number[]} labelSets
 * @property {number} counters series on the page of counters
 * @property {number} histograms series on the page of histograms
 * @property {number} scrapeRounds
 * @property {number} memoryRounds processes a peer, to measure memory
 * @property {number} importRounds processes a peer, to measure imports
 * @property {number} allocatingCalls
 */

/** @type {Scale} */
export const full = {
  rounds: 15,
  batchMs: 30,
  labelSets: [100, 10_000, 100_000],
  counters: 100_000,
  histograms: 10_000,
  scrapeRounds: 11,
  memoryRounds: 3,
  importRounds: 15,
  allocatingCalls: 1_000_000,
};

/**
 * Enough to see that everything still runs.
 *
 * @type {Scale}
 */
export const quick = {
  rounds: 1,
  batchMs: 1,
  labelSets: [100, 200, 400],
  counters: 1000,
  histograms: 100,
  scrapeRounds: 1,
  memoryRounds: 1,
  importRounds: 1,
  allocatingCalls: 10_000,
};

/** How much a benchmark measures. */
export const full = {
  updates: { rounds: 11, turnMs: 20, labelSets: [100, 10_000, 100_000] },
  /** Series on a page: what scrapes, memory and allocations are measured with. */
  counters: 100_000,
  histograms: 10_000,
  /** On the pages of first scrapes. */
  firstCounters: [10_000, 100_000],
  scrapeRounds: 9,
  /** Each round of memory, first scrapes and imports starts a process for each peer. */
  memoryRounds: 3,
  importRounds: 15,
  allocatingCalls: 1_000_000,
  /** Members of a group report at most every 250 ms: after `reportMs`, all of them have. */
  cluster: {
    members: [4, 16],
    series: 10_000,
    warmRounds: 3,
    rounds: 7,
    reportMs: 600,
    writeMs: 2000,
  },
  live: { families: 100, seriesOfEach: 100, samples: 600, drawnMs: 5000 },
  /** Each variant is served by so many processes, one after the other, with so many turns each. */
  http: { processes: 6, warmMs: 1500, rounds: 4, turnMs: 1000, connections: 50 },
};

/** @typedef {typeof full} Scale */

/**
 * Enough to see that everything still works.
 *
 * @type {Scale}
 */
export const quick = {
  updates: { rounds: 1, turnMs: 1, labelSets: [100, 200, 400] },
  counters: 1000,
  histograms: 100,
  firstCounters: [100, 1000],
  scrapeRounds: 1,
  memoryRounds: 1,
  importRounds: 1,
  allocatingCalls: 10_000,
  cluster: { members: [2], series: 100, warmRounds: 0, rounds: 1, reportMs: 1, writeMs: 1 },
  live: { families: 5, seriesOfEach: 4, samples: 60, drawnMs: 200 },
  http: { processes: 1, warmMs: 20, rounds: 1, turnMs: 20, connections: 4 },
};

import { median } from "../interleave.mjs";

/** @import { Turn } from "./variant-process.mjs" */

/**
 * @typedef {object} Comparison
 * @property {number} ratio of the throughput with and without
 * @property {number} overheadMicros what a request takes of the processor more than without
 */

/** @typedef {Turn & Partial<Comparison>} Figures */

/**
 * The medians of a variant's turns. It is compared with the turns without, each with that of the same
 * round; those without themselves have nothing to be compared with.
 *
 * @param {readonly Turn[]} turns
 * @param {readonly Turn[]} without
 * @returns {Figures}
 */
export function figures(turns, without) {
  /** @param {(turn: Turn, without: Turn) => number} figure */
  const middle = (figure) =>
    median(turns.map((turn, round) => figure(turn, without[round] ?? turn)));
  return {
    requestsPerSecond: middle((turn) => turn.requestsPerSecond),
    cpuMicros: middle((turn) => turn.cpuMicros),
    serverBusy: middle((turn) => turn.serverBusy),
    clientBusy: middle((turn) => turn.clientBusy),
    ...(turns !== without && {
      ratio: middle((turn, other) => turn.requestsPerSecond / other.requestsPerSecond),
      overheadMicros: middle((turn, other) => turn.cpuMicros - other.cpuMicros),
    }),
  };
}

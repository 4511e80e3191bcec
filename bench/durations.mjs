/** A power of two, so that a mask finds the next one. */
export const DURATION_COUNT = 1024;

/** Durations in seconds, as many digits as a clock gives, from below every bound to above them all. */
export const durations = Float64Array.from({ length: DURATION_COUNT }, (_, i) => {
  // The golden ratio spreads them evenly, and the same in every process.
  const share = (i * 0.6180339887498949) % 1;
  return 0.002 * 10 ** (4 * share);
});

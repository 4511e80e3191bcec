/**
 * What a row should reach.
 *
 * @template R the row's figures
 * @typedef {{ text: string, isReached: (row: R, control?: R) => boolean }} Target
 */

/** @typedef {{ text: string, reached: boolean }} Verdict */

/**
 * @template R
 * @param {readonly Target<R>[]} targets
 * @param {R} row
 * @param {R} [control] another row, which some targets compare with
 * @returns {Verdict[]}
 */
export const judge = (targets, row, control) =>
  targets.map(({ text, isReached }) => ({ text, reached: isReached(row, control) }));

// Of `npm run bench`.

/** @typedef {Record<string, number | undefined>} Values by peer */
/** @typedef {{ what: string, value: number }} Beside what else this package is compared with: a floor, say */

/**
 * A row of the table, with prom-client's value by this package's: null where one of them has none.
 *
 * @param {string} what
 * @param {string} unit
 * @param {Values} values
 * @param {readonly Target<{ values: Values, ratio: number | null, beside?: Beside }>[]} targets
 * @param {Beside} [beside]
 */
export function row(what, unit, values, targets, beside) {
  const times = Number(values["prom-client"]) / Number(values.narthex);
  const ratio = Number.isFinite(times) ? times : null;
  const figures = { what, unit, values, ...(beside && { beside }), ratio };
  return { ...figures, targets: judge(targets, figures) };
}

/** @typedef {ReturnType<typeof row>} Row */
/** @typedef {Parameters<typeof row>[3][number]} RowTarget */

/** @type {(times: number) => RowTarget} */
export const faster = (times) => ({
  text: `${times}x faster`,
  isReached: ({ ratio }) => Number(ratio) >= times,
});

/** @type {RowTarget} */
export const thirdOfPromClient = { ...faster(3), text: "a third of prom-client's" };

/** @type {RowTarget} */
export const halfOfPromClient = { ...faster(2), text: "half of prom-client's" };

/** @type {(times: number, text: string) => RowTarget} */
export const within = (times, text) => ({
  text,
  isReached: ({ values, beside }) => Number(values.narthex) <= times * Number(beside?.value),
});

/** @type {(limit: number, text: string) => RowTarget} */
export const atMost = (limit, text) => ({
  text,
  isReached: ({ values }) => Number(values.narthex) <= limit,
});

/** @type {(limit: number, text: string) => RowTarget} */
export const atLeast = (limit, text) => ({
  text,
  isReached: ({ values }) => Number(values.narthex) >= limit,
});

// Of `npm run bench:http`.

/** The variant that only does what cannot be left out. */
export const CONTROL = "the clock, read twice";

/**
 * A variant of a framework, compared with the framework without metrics.
 *
 * @typedef {object} Overhead
 * @property {number} [ratio] of the throughput with and without
 * @property {number} [overheadMicros] of processor time, for each request
 */

/** @type {(ratio: number) => Target<Overhead>} */
export const throughputOf = (ratio) => ({
  text: `at least ${ratio}`,
  isReached: (row) => Number(row.ratio) >= ratio,
});

/** @type {(distance: number) => Target<Overhead>} */
export const throughputNearControl = (distance) => ({
  text: `within ${distance} of the control`,
  isReached: (row, control) => Number(row.ratio) >= Number(control?.ratio) - distance,
});

/** @type {Target<Overhead>} */
export const overheadOf3 = {
  text: "at most 3 µs",
  isReached: (row) => Number(row.overheadMicros) <= 3,
};

/** A power of two, so that a mask finds the next one. */
const COUNT = 1024;
export const DURATION_MASK = COUNT - 1;

/** Durations in seconds, from below all bounds to above them, with as many digits as a clock gives. */
export const durations = Float64Array.from({ length: COUNT }, (_, i) => {
  // The golden ratio spreads them evenly, and the same in every process.
  const share = (i * 0.6180339887498949) % 1;
  return 0.002 * 10 ** (4 * share);
});

export const METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"];
export const STATUSES = ["200", "201", "204", "301", "304", "400", "401", "404", "409", "500"];

/**
 * Label values, an array for each label: a loop makes the objects, as a request handler does.
 *
 * @typedef {{ methods: string[], routes: string[], statuses: string[] }} LabelSets
 */

/** @type {Map<string, LabelSets>} */
const made = new Map();

/** So many distinct sets of method, route and status. */
export const labelTriples = (/** @type {number} */ size) => labelSets(size, STATUSES.length);

/** So many distinct sets of method and route. */
export const labelPairs = (/** @type {number} */ size) => labelSets(size, 1);

/**
 * Returns the same strings each time, so that they do not count as the memory of a series.
 *
 * @param {number} size
 * @param {number} statusCount
 */
function labelSets(size, statusCount) {
  const key = `${size} ${statusCount}`;
  const sets = made.get(key) ?? makeLabelSets(size, statusCount);
  made.set(key, sets);
  return sets;
}

/**
 * @param {number} size
 * @param {number} statusCount
 * @returns {LabelSets}
 */
function makeLabelSets(size, statusCount) {
  const perRoute = METHODS.length * statusCount;
  const routeCount = Math.ceil(size / perRoute);
  const paths = Array.from({ length: routeCount }, (_, i) => `/shops/${i}/articles`);
  /** @param {(i: number) => string | undefined} valueAt */
  const values = (valueAt) => Array.from({ length: size }, (_, i) => valueAt(i) ?? "");
  return {
    methods: values((i) => METHODS[i % METHODS.length]),
    routes: values((i) => paths[Math.floor(i / perRoute)]),
    statuses: values((i) => STATUSES[Math.floor(i / METHODS.length) % statusCount]),
  };
}

/**
 * The same label sets again, as strings that are equal to the others and no others' objects: what a request
 * brings is read from its bytes each time.
 *
 * @param {LabelSets} sets
 * @returns {LabelSets}
 */
export function copiesOf({ methods, routes, statuses }) {
  const copies = (/** @type {string[]} */ values) =>
    values.map((value) => Buffer.from(value).toString("latin1"));
  return { methods: copies(methods), routes: copies(routes), statuses: copies(statuses) };
}

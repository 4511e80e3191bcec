const METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"];
const STATUSES = ["200", "201", "204", "301", "304", "400", "401", "404", "409", "500"];

/**
 * Label values, one array a label: a caller makes the object, as a request handler does.
 *
 * @typedef {object} LabelSets
 * @property {readonly string[]} methods
 * @property {readonly string[]} routes
 * @property {readonly string[]} statuses
 */

/** @type {Map<string, LabelSets>} */
const made = new Map();

/**
 * As many distinct sets of method, route and status.
 *
 * @param {number} size
 */
export const labelTriples = (size) => labelSets(size, STATUSES.length);

/**
 * As many distinct sets of method and route.
 *
 * @param {number} size
 */
export const labelPairs = (size) => labelSets(size, 1);

/**
 * The same strings at each call: they are nobody's memory.
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
  const paths = Array.from(
    { length: Math.ceil(size / perRoute) },
    (_, i) => `/shops/${i}/articles`,
  );
  /** @param {(i: number) => string | undefined} valueAt */
  const values = (valueAt) => Array.from({ length: size }, (_, i) => valueAt(i) ?? "");
  return {
    methods: values((i) => METHODS[i % METHODS.length]),
    routes: values((i) => paths[Math.floor(i / perRoute)]),
    statuses: values((i) => STATUSES[Math.floor(i / METHODS.length) % statusCount]),
  };
}

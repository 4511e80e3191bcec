/**
 * A line of the table.
 *
 * @typedef {object} Row
 * @property {string} what
 * @property {Unit} unit
 * @property {Record<string, number>} values by peer
 * @property {Beside} [beside] something else that the value is compared with
 * @property {readonly Target[]} targets
 */

/** @typedef {"ns" | "ms" | "bytes" | "kB" | "%" | ""} Unit */
/** @typedef {{ what: string, value: number }} Beside */

/**
 * @typedef {object} Target
 * @property {string} text
 * @property {(row: Row) => boolean} isReached
 */

/** How many times prom-client's value is this package's; NaN where one of them has none. */
export function ratio(/** @type {Row} */ { values }) {
  const times = Number(values["prom-client"]) / Number(values.narthex);
  return Number.isFinite(times) ? times : Number.NaN;
}

const SAMPLE = /^([^{ ]+)(?:\{(.*)\})? (\S+)$/;
const LABEL = /([^=,]+)="([^"]*)"/g;

/** @typedef {{ name: string, labels: Record<string, string>, value: number }} Sample */

/**
 * The samples of a page whose label values need no escapes.
 *
 * @param {string} page text or OpenMetrics
 * @returns {Sample[]}
 */
function samplesOf(page) {
  const lines = page.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  return lines.map((line) => {
    const [, name = "", labels = "", value] = SAMPLE.exec(line) ?? [];
    if (value === undefined) throw new Error(`not a sample: ${line}`);
    const pairs = [...labels.matchAll(LABEL)].map(([, label, text]) => [label, text]);
    return { name, labels: Object.fromEntries(pairs), value: Number(value) };
  });
}

/**
 * How many requests a page has counted, in all samples that have these labels, among others.
 *
 * @param {string} page
 * @param {{ name: string, labels?: Record<string, string> }} counter
 */
export function countedOn(page, { name, labels = {} }) {
  const wanted = Object.entries(labels);
  return samplesOf(page)
    .filter((sample) => sample.name === name)
    .filter((sample) => wanted.every(([label, text]) => sample.labels[label] === text))
    .reduce((sum, { value }) => sum + value, 0);
}

/**
 * Fails where two pages do not show the same numbers. Quantiles are left out: every peer estimates them
 * in its own way.
 *
 * @param {string} expected
 * @param {string} page
 * @param {string} whose
 */
export function checkSame(expected, page, whose) {
  const [wanted, found] = [comparable(expected), comparable(page)];
  if (wanted.size === 0) throw new Error(`${whose}: there is nothing to compare`);
  for (const key of new Set([...wanted.keys(), ...found.keys()])) {
    if (Object.is(wanted.get(key), found.get(key))) continue;
    throw new Error(
      `${whose} does not show the same as the first peer: ${key} is ${found.get(key)}, not ${wanted.get(key)}`,
    );
  }
}

/** Values by name and labels, with one order of labels and one spelling of bounds. */
function comparable(/** @type {string} */ page) {
  const values = new Map();
  for (const { name, labels, value } of samplesOf(page)) {
    if ("quantile" in labels) continue;
    if (labels.le !== undefined) labels.le = String(Number(labels.le.replace("+Inf", "Infinity")));
    values.set(JSON.stringify([name, Object.entries(labels).sort()]), value);
  }
  return values;
}

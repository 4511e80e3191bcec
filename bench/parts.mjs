/**
 * The parts of a benchmark that the command line asks for.
 *
 * @template T
 * @param {Record<string, T>} all
 * @param {string} [only] names, separated by commas
 * @returns {[name: string, part: T][]}
 */
export function partsOf(all, only) {
  const entries = Object.entries(all);
  if (only === undefined) return entries;
  const names = only.split(",");
  const unknown = names.find((name) => !(name in all));
  if (unknown !== undefined) {
    throw new Error(`--only=${unknown} is no part: there are ${Object.keys(all).join(", ")}.`);
  }
  return entries.filter(([name]) => names.includes(name));
}

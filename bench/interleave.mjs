/**
 * @template T
 * @typedef {object} Contender
 * @property {string} name
 * @property {() => Promise<T>} measure
 */

/**
 * Lets the contenders take turns, and gives all that each measured, by its name. What disturbs the
 * machine for a while disturbs all of them.
 *
 * @template T
 * @param {readonly Contender<T>[]} contenders
 * @param {number} rounds
 * @returns {Promise<Map<string, T[]>>}
 */
export async function interleave(contenders, rounds) {
  /** @type {Map<string, T[]>} */
  const measured = new Map(contenders.map(({ name }) => [name, []]));
  for (let round = 0; round < rounds; round += 1) {
    // Nobody always comes after the same neighbour's garbage.
    const first = round % contenders.length;
    for (const { name, measure } of [...contenders.slice(first), ...contenders.slice(0, first)]) {
      measured.get(name)?.push(await measure());
    }
  }
  return measured;
}

/**
 * The median of what each contender measured.
 *
 * @template T
 * @param {ReadonlyMap<string, T[]>} measured
 * @param {(one: T) => number} number
 */
export function medians(measured, number) {
  return new Map([...measured].map(([name, all]) => [name, median(all.map(number))]));
}

/** @param {readonly number[]} values */
export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  const [low, high] = [sorted[Math.ceil(middle) - 1], sorted[Math.floor(middle)]];
  if (low === undefined || high === undefined) throw new Error("nothing was measured");
  return (low + high) / 2;
}

/**
 * Lets the contenders take turns, so that what disturbs the machine for a while disturbs all of them.
 * Returns everything that each of them measured, by its name.
 *
 * @template T
 * @param {readonly { name: string, measure: () => Promise<T> }[]} contenders
 * @param {number} rounds
 * @returns {Promise<Map<string, T[]>>}
 */
export async function interleave(contenders, rounds) {
  /** @type {Map<string, T[]>} */
  const measured = new Map(contenders.map(({ name }) => [name, []]));
  for (let round = 0; round < rounds; round += 1) {
    // The order goes round, so that nobody always runs after the same neighbour's garbage.
    const first = round % contenders.length;
    for (const { name, measure } of [...contenders.slice(first), ...contenders.slice(0, first)]) {
      measured.get(name)?.push(await measure());
    }
  }
  return measured;
}

/**
 * The median of what each contender measured, by its name.
 *
 * @template T
 * @param {ReadonlyMap<string, T[]>} measured
 * @param {(one: T) => number} figure
 * @returns {Record<string, number>}
 */
export function medians(measured, figure) {
  return Object.fromEntries([...measured].map(([name, all]) => [name, median(all.map(figure))]));
}

/**
 * The 90th percentile of what each contender measured, by its name: the worst is often the machine's.
 *
 * @template T
 * @param {ReadonlyMap<string, T[]>} measured
 * @param {(one: T) => readonly number[]} figures
 * @returns {Record<string, number>}
 */
export function percentiles90(measured, figures) {
  return Object.fromEntries(
    [...measured].map(([name, all]) => {
      const sorted = all.flatMap(figures).sort((a, b) => a - b);
      return [name, sorted[Math.ceil(0.9 * sorted.length) - 1] ?? Number.NaN];
    }),
  );
}

/** @param {readonly number[]} values */
export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  const [low, high] = [sorted[Math.ceil(middle) - 1], sorted[Math.floor(middle)]];
  if (low === undefined || high === undefined) throw new Error("nothing was measured");
  return (low + high) / 2;
}

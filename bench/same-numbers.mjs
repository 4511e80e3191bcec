import { samplesOf } from "./samples.mjs";

/**
 * @import { Measuring } from "./bench.mjs"
 * @import { PeerRegistry } from "./peers/peers.mjs"
 * @import { UpdateName } from "./updates.mjs"
 */

const UPDATES = 2500;

/** @type {readonly { update: UpdateName, size: number, type: keyof PeerRegistry }[]} */
const COMPARED = [
  { update: "incHeld", size: 1, type: "counter" },
  { update: "incObject", size: 100, type: "counter" },
  { update: "addObject", size: 1000, type: "counter" },
  { update: "observeHeld", size: 1, type: "histogram" },
  { update: "observeObject", size: 100, type: "histogram" },
  { update: "observeSummary", size: 1, type: "summary" },
];

/**
 * Gives every peer the same updates, and compares the pages. Gives how many it has compared.
 *
 * @param {Measuring} measuring
 */
export async function checkSameNumbers({ peers, subject }) {
  let pages = 0;
  for (const { type, ...workload } of COMPARED) {
    /** @type {Map<string, number> | undefined} */
    let expected;
    for (const { name, formats, open } of peers) {
      if (open("text")[type] === undefined) continue;
      for (const format of formats) {
        if (format === "protobuf") continue;
        const asked = { ...workload, format };
        await subject(name).ask("timeUpdates", asked, UPDATES);
        const samples = samplesOf(await subject(name).ask("page", asked));
        await subject(name).ask("forget");
        expected ??= samples;
        checkSame(expected, samples, `${name} (${format}, ${workload.update})`);
        pages += 1;
      }
    }
  }
  return pages;
}

/**
 * @param {ReadonlyMap<string, number>} expected
 * @param {ReadonlyMap<string, number>} samples
 * @param {string} whose
 */
export function checkSame(expected, samples, whose) {
  if (expected.size === 0) throw new Error(`${whose}: there is nothing to compare`);
  for (const key of new Set([...expected.keys(), ...samples.keys()])) {
    const [wanted, found] = [expected.get(key), samples.get(key)];
    if (!Object.is(wanted, found)) {
      throw new Error(
        `${whose} does not show the same as the first peer: ${key} is ${found}, not ${wanted}`,
      );
    }
  }
}

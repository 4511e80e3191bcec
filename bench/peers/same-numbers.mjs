import { openWorkload } from "../rows/updates.mjs";
import { checkSame } from "../samples.mjs";

/**
 * @import { WorkloadName } from "../rows/updates.mjs"
 * @import { Measuring } from "./bench.mjs"
 */

const UPDATES = 2500;

/** @type {WorkloadName[]} */
const workloads = [
  { loop: "incHeld" },
  { loop: "incObject", size: 100 },
  { loop: "incCopies", size: 100 },
  { loop: "incNumbers", size: 100 },
  { loop: "addObject", size: 1000 },
  { loop: "addSpread", size: 1000 },
  { loop: "observeHeld" },
  { loop: "observeObject", size: 100 },
  { loop: "observeSummary" },
];

/**
 * Gives every peer the same updates, and compares all pages with that of the first peer. Returns how
 * many there were.
 *
 * @param {Measuring} measuring
 */
export async function checkSameNumbers({ peers, processOf }) {
  let pages = 0;
  for (const workload of workloads) {
    /** @type {string | undefined} */
    let expected;
    for (const peer of peers.filter((peer) => openWorkload(peer, workload))) {
      // The comparison reads text only.
      for (const format of peer.formats.filter((format) => format !== "protobuf")) {
        const name = { ...workload, format };
        const page = await processOf(peer.name).call("pageAfter", name, UPDATES);
        expected ??= page;
        checkSame(expected, page, `${peer.name} (${format}, ${workload.loop})`);
        pages += 1;
      }
    }
  }
  for (const { name } of peers) await processOf(name).call("forget");
  return pages;
}

import { startSubject } from "../start-subject.mjs";
import { atMost } from "../targets.mjs";

/**
 * @import { Measuring } from "../bench.mjs"
 * @import { Row } from "../row.mjs"
 */

/** In megabytes: room for all that a measurement allocates, so that nothing is collected. */
const ROOM = 512;
const OPTIONS = [`--min-semi-space-size=${ROOM}`, `--max-semi-space-size=${ROOM}`];

/**
 * Bytes allocated, each peer in a process of its own.
 *
 * @param {Measuring} measuring
 * @returns {Promise<Row[]>}
 */
export async function allocationRows({ scale, peers }) {
  /** @type {Record<"inc" | "observe" | "scrape", Record<string, number>>} */
  const values = { inc: {}, observe: {}, scrape: {} };
  for (const { name } of peers) {
    const subject = await startSubject(name, OPTIONS);
    const times = scale.allocatingCalls;
    values.inc[name] = await subject.ask("allocatedByUpdate", { update: "incHeld" }, times);
    values.observe[name] = await subject.ask("allocatedByUpdate", { update: "observeHeld" }, times);
    const page = /** @type {const} */ ({ update: "addObject", size: scale.counters });
    values.scrape[name] = 100 * (await subject.ask("allocatedByScrape", page));
    await subject.stop();
  }
  const nothing = atMost(0, "0 bytes");
  return [
    {
      what: "allocated by inc, held series",
      unit: "bytes",
      values: values.inc,
      targets: [nothing],
    },
    {
      what: "allocated by observe, held series",
      unit: "bytes",
      values: values.observe,
      targets: [nothing],
    },
    {
      what: "allocated by a scrape beyond its page, in parts of it",
      unit: "%",
      values: values.scrape,
      targets: [atMost(10, "little: 10 %")],
    },
  ];
}

import { interleave, medians } from "../interleave.mjs";
import { startPeer } from "../peers/peers.mjs";
import { thousands } from "../report.mjs";
import { atMost, row } from "../targets.mjs";
import { FloorPage } from "./floor.mjs";
import { labelTriples } from "./inputs.mjs";

/**
 * @import { Measuring } from "../peers/bench.mjs"
 * @import { Workload } from "./updates.mjs"
 */

const FLOOR = "a bare page";

/** The first scrape of a registry, in a process that has written only small pages so far. */
export async function firstScrapeRows(/** @type {Measuring} */ { scale, peers }) {
  const sizes = scale.firstCounters;
  const contenders = peers.map(({ name }) => ({
    name,
    measure: async () => {
      const peer = await startPeer(name);
      const scrapes = [];
      const pages = [];
      for (const size of sizes) {
        scrapes.push(await peer.call("timeFirstScrape", { loop: "addObject", size }));
        pages.push(await peer.call("timeFirstPage", size));
      }
      await peer.stop();
      return { scrapes, pages };
    },
  }));
  const measured = await interleave(contenders, scale.memoryRounds);
  return sizes.map((size, i) => {
    const ms = medians(measured, ({ scrapes }) => scrapes[i] ?? Number.NaN);
    const { narthex = Number.NaN } = medians(measured, ({ pages }) => pages[i] ?? Number.NaN);
    const targets = i === 0 ? [atMost(5, "5 ms")] : [];
    const what = `first scrape of ${thousands(size)} counters, text`;
    return row(what, "ms", ms, targets, { what: FLOOR, value: narthex });
  });
}

// In the peer's process:

/**
 * The milliseconds that the first scrape of a new registry takes.
 *
 * @param {Workload} workload
 */
export async function timeFirstScrape({ run, size, registry }) {
  run(size);
  const start = performance.now();
  await registry.page();
  return performance.now() - start;
}

/**
 * The milliseconds that it takes to encode the labels of so many series and to write a page of them.
 *
 * @param {number} size
 */
export function timeFirstPage(size) {
  const { methods, routes, statuses } = labelTriples(size);
  const lines = methods.map(
    (method, i) =>
      `sent_bytes_total{method="${method}",route="${routes[i]}",status="${statuses[i]}"} `,
  );
  const start = performance.now();
  const page = new FloorPage(lines);
  page.update();
  const { length } = page.write();
  if (length < 2 * size) throw new Error("the page lacks lines");
  return performance.now() - start;
}

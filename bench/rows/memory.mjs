import { interleave, medians } from "../interleave.mjs";
import { startSubject } from "../start-subject.mjs";
import { atMost } from "../targets.mjs";

/**
 * @import { Measuring } from "../bench.mjs"
 * @import { Row } from "../row.mjs"
 */

/**
 * Bytes a series, each peer in a process of its own.
 *
 * @param {Measuring} measuring
 * @returns {Promise<Row[]>}
 */
export async function memoryRows({ scale, peers }) {
  const contenders = peers.map(({ name }) => ({
    name,
    measure: async () => {
      const subject = await startSubject(name);
      const counter = await subject.ask("memoryOfSeries", {
        update: "incObject",
        size: scale.counters,
      });
      const histogram = await subject.ask("memoryOfSeries", {
        update: "observeObject",
        size: scale.histograms,
      });
      await subject.stop();
      return { counter, histogram };
    },
  }));
  const measured = await interleave(contenders, scale.memoryRounds);
  /** @type {(what: string, limit: number, number: Parameters<typeof medians<Measured>>[1]) => Row} */
  const row = (what, limit, number) => ({
    what,
    unit: "bytes",
    values: Object.fromEntries(medians(measured, number)),
    targets: [atMost(limit, `${limit} bytes`)],
  });
  return [
    row("memory of a counter series, 3 labels", 120, ({ counter }) => counter.unscraped),
    row("the same once it was scraped", 120, ({ counter }) => counter.scraped),
    row("memory of a histogram series, 11 bounds", 250, ({ histogram }) => histogram.unscraped),
    row("the same once it was scraped", 250, ({ histogram }) => histogram.scraped),
  ];
}

/** @typedef {{ unscraped: number, scraped: number }} Memory */
/** @typedef {{ counter: Memory, histogram: Memory }} Measured */

import { interleave, medians } from "../interleave.mjs";
import { atMost, faster, within } from "../targets.mjs";
import { thousands } from "../thousands.mjs";

/**
 * @import { Contender } from "../interleave.mjs"
 * @import { Measuring } from "../bench.mjs"
 * @import { Format } from "../peers/peers.mjs"
 * @import { Row, Target } from "../row.mjs"
 * @import { UpdateName } from "../updates.mjs"
 */

/** @typedef {{ ms: number, block: number }} Scrape */

const COPY = "memcpy";
const FORMAT_NAMES = { text: "text", openmetrics: "OpenMetrics", protobuf: "protobuf" };

/**
 * Scrapes of two big pages, after all of their values changed.
 *
 * @param {Measuring} measuring
 * @returns {Promise<Row[]>}
 */
export async function scrapeRows(measuring) {
  const { counters, histograms } = measuring.scale;
  const lines = thousands(14 * histograms);
  return [
    ...(await scrapesOf(measuring, {
      what: `${thousands(counters)} counters`,
      update: "addObject",
      size: counters,
      targets: [faster(40), within(4, "within 4x of memcpy")],
    })),
    ...(await scrapesOf(measuring, {
      what: `${thousands(histograms)} histograms (${lines} lines)`,
      update: "observeObject",
      size: histograms,
      targets: [faster(25)],
    })),
  ];
}

/**
 * @typedef {object} Page
 * @property {string} what
 * @property {UpdateName} update
 * @property {number} size
 * @property {readonly Target[]} targets of the text format
 *
 * @param {Measuring} measuring
 * @param {Page} page
 * @returns {Promise<Row[]>}
 */
async function scrapesOf(measuring, page) {
  const { scale, peers, subject } = measuring;
  const contenders = await enter(measuring, page);
  const measured = await interleave(contenders, scale.scrapeRounds);
  for (const { name } of peers) await subject(name).ask("forget");
  const ms = medians(measured, (scrape) => scrape.ms);
  const blocks = medians(measured, (scrape) => scrape.block);

  /** @type {(format: Format) => Record<string, number>} */
  const inFormat = (format) =>
    Object.fromEntries(
      peers
        .filter(({ formats }) => formats.includes(format))
        .map(({ name }) => [name, Number(ms.get(`${name} ${format}`))]),
    );
  const values = inFormat("text");
  const text = { what: "its text", value: Number(values.narthex) };
  const noSlower = within(1, "no slower than text");
  return [
    {
      what: `scrape of ${page.what}, text`,
      unit: "ms",
      values,
      beside: { what: COPY, value: Number(ms.get(COPY)) },
      targets: page.targets,
    },
    .../** @type {const} */ (["openmetrics", "protobuf"]).map((format) => ({
      what: `the same in ${FORMAT_NAMES[format]}`,
      unit: /** @type {const} */ ("ms"),
      values: inFormat(format),
      beside: text,
      targets: [noSlower],
    })),
    {
      what: "longest event-loop block in these scrapes",
      unit: "ms",
      values: Object.fromEntries(
        peers.map(({ name, formats }) => [
          name,
          Math.max(...formats.map((format) => Number(blocks.get(`${name} ${format}`)))),
        ]),
      ),
      targets: [atMost(2, "2 ms")],
    },
  ];
}

/**
 * Every peer in every format that it has, and the memcpy of this package's text; all of them warm.
 *
 * @param {Measuring} measuring
 * @param {Page} page
 */
async function enter({ peers, subject }, { update, size }) {
  /** @type {Contender<Scrape>[]} */
  const contenders = [];
  let textBytes = 0;
  for (const { name, formats } of peers) {
    for (const format of formats) {
      const workload = { update, size, format };
      const scrape = () => subject(name).ask("timeScrape", workload);
      for (let i = 0; i < 2; i += 1) await scrape();
      const { bytes } = await scrape();
      if (name === "narthex" && format === "text") textBytes = bytes;
      contenders.push({
        name: `${name} ${format}`,
        measure: async () => {
          const { ms } = await scrape();
          return { ms, block: await subject(name).ask("blockOfScrape", workload) };
        },
      });
    }
  }
  contenders.push({
    name: COPY,
    measure: async () => ({ ms: await subject("narthex").ask("timeCopy", textBytes), block: 0 }),
  });
  return contenders;
}

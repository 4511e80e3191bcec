import { interleave, medians } from "../interleave.mjs";
import { FACADE, loadFacade, startPeer } from "../peers/peers.mjs";
import { thousands } from "../report.mjs";
import { faster, row } from "../targets.mjs";
import { updateRow } from "./updates.mjs";

/**
 * @import { Measuring } from "../peers/bench.mjs"
 * @import { Update, Workload } from "./updates.mjs"
 */

/** @type {Update[]} */
const updates = [
  { what: "inc, object of 3 labels", loop: "incObject", size: 100, targets: [faster(5)] },
  { what: "observe, object of 2 labels", loop: "observeObject", size: 100, targets: [faster(5)] },
  { what: "inc, a handle of labels()", loop: "incHeld", targets: [faster(30)] },
  { what: "observe, a handle of labels()", loop: "observeHeld", targets: [faster(30)] },
];

/**
 * What a program gains that has prom-client replaced by `narthex/prom-client`, and nothing else changed: this package's
 * values are those of that API.
 *
 * @param {Measuring} measuring
 */
export async function switchRows(measuring) {
  const facade = await startPeer(FACADE);
  const peers = [
    { ...(await loadFacade()), name: "narthex" },
    ...measuring.peers.filter(({ name }) => name === "prom-client"),
  ];
  const processOf = (/** @type {string} */ name) =>
    name === "narthex" ? facade : measuring.processOf(name);
  const measured = [];
  for (const update of updates) {
    const what = `by the API of prom-client: ${update.what}`;
    measured.push(await updateRow({ ...update, what }, { ...measuring, peers, processOf }));
  }
  measured.push(...(await pageRows({ ...measuring, peers, processOf })));
  await facade.stop();
  return measured;
}

/** @param {Measuring} measuring */
async function pageRows({ scale, peers, processOf }) {
  /** @type {import("./updates.mjs").WorkloadName} */
  const workload = { loop: "observeObject", size: scale.histograms };
  const contenders = [];
  for (const { name } of peers) {
    const page = async () => (await processOf(name).call("timeScrape", workload)).ms;
    const json = () => processOf(name).call("timeJson", workload);
    for (let i = 0; i < 2; i += 1) await Promise.all([await page(), await json()]);
    contenders.push(
      { name: `${name} page`, measure: page },
      { name: `${name} json`, measure: json },
    );
  }
  const ms = medians(await interleave(contenders, scale.scrapeRounds), (one) => one);
  for (const { name } of peers) await processOf(name).call("forget");
  const of = (/** @type {string} */ what) =>
    Object.fromEntries(peers.map(({ name }) => [name, ms[`${name} ${what}`]]));
  const size = thousands(scale.histograms);
  return [
    row(`by the API of prom-client: metrics() of ${size} histograms`, "ms", of("page"), [
      faster(8),
    ]),
    row(`by the API of prom-client: getMetricsAsJSON() of the same`, "ms", of("json"), [faster(1)]),
  ];
}

/**
 * The milliseconds that the JSON of a registry takes. This runs in the peer's process.
 *
 * @param {Workload} workload
 */
export async function timeJson({ run, size, registry }) {
  run(size);
  const start = performance.now();
  await registry.json?.();
  return performance.now() - start;
}

import { interleave, medians } from "../interleave.mjs";
import { faster, within } from "../targets.mjs";
import { thousands } from "../thousands.mjs";

/**
 * @import { Measuring } from "../bench.mjs"
 * @import { PeerRegistry } from "../peers/peers.mjs"
 * @import { Row, Target } from "../row.mjs"
 * @import { Scale } from "../scale.mjs"
 * @import { WorkloadName } from "../workload.mjs"
 */

/**
 * @typedef {object} Plan
 * @property {string} what
 * @property {keyof PeerRegistry} type only peers that have it take part
 * @property {WorkloadName} workload
 * @property {{ what: string, workload?: WorkloadName }} [beside] a slot, or another workload
 * @property {readonly Target[]} targets
 */

/**
 * @param {Scale} scale
 * @returns {Plan[]}
 */
const plans = ({ labelSets }) => [
  {
    what: "inc, held series",
    type: "counter",
    workload: { update: "incHeld" },
    beside: { what: "a typed-array slot" },
    targets: [faster(80), within(4, "within 4x of a slot")],
  },
  ...labelSets.map((size, i) => ({
    what: `inc, object of 3 labels, ${thousands(size)} label sets`,
    type: /** @type {const} */ ("counter"),
    workload: { update: /** @type {const} */ ("incObject"), size },
    targets: [faster(i === 0 ? 10 : 5)],
  })),
  {
    what: "observe, held series, 11 bounds",
    type: "histogram",
    workload: { update: "observeHeld" },
    targets: [faster(80)],
  },
  {
    what: "observe, object of 2 labels, 11 bounds, 100 label sets",
    type: "histogram",
    workload: { update: "observeObject", size: 100 },
    targets: [faster(15)],
  },
  {
    what: "observe, held series, native buckets",
    type: "nativeHistogram",
    workload: { update: "observeNative" },
    beside: { what: "classic ones", workload: { update: "observeHeld" } },
    targets: [within(15 / 4, "15 ns where classic takes 4")],
  },
  {
    what: "observe, held series, summary",
    type: "summary",
    workload: { update: "observeSummary" },
    targets: [faster(50)],
  },
];

/**
 * Nanoseconds an update.
 *
 * @param {Measuring} measuring
 * @returns {Promise<Row[]>}
 */
export async function updateRows(measuring) {
  const rows = [];
  for (const plan of plans(measuring.scale)) rows.push(await measure(plan, measuring));
  return rows;
}

/**
 * @param {Plan} plan
 * @param {Measuring} measuring
 * @returns {Promise<Row>}
 */
async function measure({ what, type, workload, beside, targets }, { scale, peers, subject }) {
  /** @type {(peer: string, workload: WorkloadName) => Timer} */
  const timer = (peer, workload) => (times) => subject(peer).ask("timeUpdates", workload, times);
  const able = peers.filter(({ open }) => open("text")[type] !== undefined);
  const timers = able.map(({ name }) => ({ name, time: timer(name, workload) }));
  if (beside?.workload !== undefined) {
    timers.push({ name: beside.what, time: timer("narthex", beside.workload) });
  } else if (beside !== undefined) {
    timers.push({ name: beside.what, time: (times) => subject("narthex").ask("timeSlot", times) });
  }
  const contenders = [];
  for (const { name, time } of timers) {
    // The first time round, the series come into being.
    for (let i = 0; i < 2; i += 1) await time(workload.size ?? 1);
    contenders.push({ name, measure: await inBatches(time, scale.batchMs) });
  }
  const ns = medians(await interleave(contenders, scale.rounds), (one) => one);
  for (const { name } of able) await subject(name).ask("forget");
  return {
    what,
    unit: "ns",
    values: Object.fromEntries(able.map(({ name }) => [name, Number(ns.get(name))])),
    ...(beside && { beside: { what: beside.what, value: Number(ns.get(beside.what)) } }),
    targets,
  };
}

/** @typedef {(times: number) => Promise<number>} Timer in milliseconds */

/**
 * Measures nanoseconds, as many updates at a time as take long enough to be measured.
 *
 * @param {Timer} time
 * @param {number} batchMs
 */
async function inBatches(time, batchMs) {
  let times = 1000;
  while ((await time(times)) < batchMs) times *= 2;
  return async () => ((await time(times)) / times) * 1e6;
}

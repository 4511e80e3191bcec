import { interleave, medians } from "../interleave.mjs";
import { thousands } from "../report.mjs";
import { faster, row, within } from "../targets.mjs";
import { FloorCounter } from "./floor.mjs";
import {
  copiesOf,
  DURATION_MASK,
  durations,
  labelPairs,
  labelTriples,
  METHODS,
  STATUSES,
} from "./inputs.mjs";

/**
 * @import { Measuring } from "../peers/bench.mjs"
 * @import { Format, Peer, PeerRegistry } from "../peers/peers.mjs"
 * @import { Scale } from "../scale.mjs"
 * @import { RowTarget } from "../targets.mjs"
 */

/** @typedef {{ what: string, loop: LoopName, size?: number }} Timed on so many label sets */
/** @typedef {Timed & { beside?: Timed & { peer?: string }, targets: RowTarget[] }} Update */

/** @type {(scale: Scale) => Update[]} */
const rows = ({ updates }) => [
  {
    what: "inc, held series",
    loop: "incHeld",
    targets: [faster(100), within(4, "within 4x of a slot")],
    beside: { what: "a typed-array slot", loop: "slot" },
  },
  ...updates.labelSets.map((size, i) => ({
    what: `inc, object of 3 labels, ${thousands(size)} label sets`,
    loop: /** @type {const} */ ("incObject"),
    size,
    targets: [faster(i === 0 ? 10 : 5)],
    beside: { what: "a bare hash table", loop: /** @type {const} */ ("lookup"), size },
  })),
  {
    what: "the same, 100 label sets, strings that are equal and not identical",
    loop: "incCopies",
    size: 100,
    targets: [faster(10)],
    beside: { what: "identical strings", loop: "incObject", size: 100 },
  },
  {
    what: "the same, 100 label sets, status as a number",
    loop: "incNumbers",
    size: 100,
    targets: [within(1.5, "within 1.5x of a string")],
    beside: { what: "a string", loop: "incObject", size: 100 },
  },
  {
    what: "the same, 100 label sets, method and status closed",
    loop: "incClosed",
    size: 100,
    targets: [faster(15)],
    beside: { what: "no label closed", loop: "incObject", size: 100 },
  },
  { what: "observe, held series, 11 bounds", loop: "observeHeld", targets: [faster(120)] },
  {
    what: "observe, object of 2 labels, 11 bounds, 100 label sets",
    loop: "observeObject",
    size: 100,
    targets: [faster(20)],
  },
  {
    what: "observe, held series, native buckets",
    loop: "observeNative",
    targets: [within(15 / 4, "15 ns where classic takes 4")],
    beside: { what: "classic ones", loop: "observeHeld" },
  },
  { what: "observe, held series, summary", loop: "observeSummary", targets: [faster(50)] },
];

const TRIPLE = ["method", "route", "status"];
const PAIR = ["method", "route"];
const BOUNDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** @typedef {(times: number) => void} Loop */
/** @typedef {keyof typeof loops} LoopName */

/**
 * What is timed: each creates a metric, and returns the loop that updates it, or undefined where a peer
 * does not have the type. They share no code, so that each call in them always sees objects of one class.
 *
 * @satisfies {Record<string, (registry: PeerRegistry, size: number) => Loop | undefined>}
 */
const loops = {
  incHeld(registry) {
    const series = registry
      .counter("requests", TRIPLE)
      .labels({ method: "GET", route: "/articles", status: "200" });
    return (times) => {
      for (let i = 0; i < times; i += 1) series.inc();
    };
  },

  incObject(registry, size) {
    const counter = registry.counter("requests", TRIPLE);
    const { methods, routes, statuses } = labelTriples(size);
    let next = 0;
    return (times) => {
      let at = next;
      for (let i = 0; i < times; i += 1) {
        counter.inc({ method: methods[at], route: routes[at], status: statuses[at] });
        at = at + 1 === size ? 0 : at + 1;
      }
      next = at;
    };
  },

  /** Label values come from eight sets of equal strings in turn. */
  incCopies(registry, size) {
    const counter = registry.counter("requests", TRIPLE);
    const sets = labelTriples(size);
    const copies = Array.from({ length: 8 }, () => copiesOf(sets));
    const methods = copies.flatMap((copy) => copy.methods);
    const routes = copies.flatMap((copy) => copy.routes);
    const statuses = copies.flatMap((copy) => copy.statuses);
    let next = 0;
    return (times) => {
      let at = next;
      for (let i = 0; i < times; i += 1) {
        counter.inc({ method: methods[at], route: routes[at], status: statuses[at] });
        at = at + 1 === methods.length ? 0 : at + 1;
      }
      next = at;
    };
  },

  incNumbers(registry, size) {
    const counter = registry.counter("requests", TRIPLE);
    const { methods, routes, statuses } = labelTriples(size);
    const numbers = statuses.map(Number);
    let next = 0;
    return (times) => {
      let at = next;
      for (let i = 0; i < times; i += 1) {
        counter.inc({ method: methods[at], route: routes[at], status: numbers[at] });
        at = at + 1 === size ? 0 : at + 1;
      }
      next = at;
    };
  },

  /** Peers know no closed labels: they take the same labels as others. */
  incClosed(registry, size) {
    const counter =
      registry.closedCounter?.("requests", { method: METHODS, route: String, status: STATUSES }) ??
      registry.counter("requests", TRIPLE);
    const { methods, routes, statuses } = labelTriples(size);
    let next = 0;
    return (times) => {
      let at = next;
      for (let i = 0; i < times; i += 1) {
        counter.inc({ method: methods[at], route: routes[at], status: statuses[at] });
        at = at + 1 === size ? 0 : at + 1;
      }
      next = at;
    };
  },

  /** Adds amounts of all sizes, so that pages show numbers of all lengths. */
  addObject(registry, size) {
    const counter = registry.counter("sent_bytes", TRIPLE);
    const { methods, routes, statuses } = labelTriples(size);
    let next = 0;
    return (times) => {
      let at = next;
      for (let i = 0; i < times; i += 1) {
        const amount = 1 + ((at * 7919) & 0xffff);
        counter.inc({ method: methods[at], route: routes[at], status: statuses[at] }, amount);
        at = at + 1 === size ? 0 : at + 1;
      }
      next = at;
    };
  },

  /** Like `addObject`, but one update and the next are series far from each other. */
  addSpread(registry, size) {
    const counter = registry.counter("sent_bytes", TRIPLE);
    const { methods, routes, statuses } = labelTriples(size);
    let next = 0;
    return (times) => {
      let at = next;
      for (let i = 0; i < times; i += 1) {
        const amount = 1 + ((at * 7919) & 0xffff);
        counter.inc({ method: methods[at], route: routes[at], status: statuses[at] }, amount);
        // A step that has no divisor in common with any size here comes to each series once.
        at = (at + 61_803) % size;
      }
      next = at;
    };
  },

  observeHeld(registry) {
    const series = registry.histogram("latency_seconds", PAIR, BOUNDS).labels(onePair());
    return (times) => {
      for (let i = 0; i < times; i += 1) series.observe(durations[i & DURATION_MASK]);
    };
  },

  observeObject(registry, size) {
    const histogram = registry.histogram("latency_seconds", PAIR, BOUNDS);
    const { methods, routes } = labelPairs(size);
    let next = 0;
    let seen = 0;
    return (times) => {
      let at = next;
      for (let i = seen; i < seen + times; i += 1) {
        histogram.observe({ method: methods[at], route: routes[at] }, durations[i & DURATION_MASK]);
        at = at + 1 === size ? 0 : at + 1;
      }
      next = at;
      seen += times;
    };
  },

  observeNative(registry) {
    const series = registry.nativeHistogram?.("latency_seconds", PAIR).labels(onePair());
    if (series === undefined) return undefined;
    return (times) => {
      for (let i = 0; i < times; i += 1) series.observe(durations[i & DURATION_MASK]);
    };
  },

  observeSummary(registry) {
    const series = registry.summary?.("latency_seconds", PAIR).labels(onePair());
    if (series === undefined) return undefined;
    return (times) => {
      for (let i = 0; i < times; i += 1) series.observe(durations[i & DURATION_MASK]);
    };
  },

  /** A floor: what finds a series and nothing else. */
  lookup(_registry, size) {
    const counter = new FloorCounter();
    const { methods, routes, statuses } = labelTriples(size);
    let next = 0;
    return (times) => {
      let at = next;
      for (let i = 0; i < times; i += 1) {
        counter.inc({ method: methods[at], route: routes[at], status: statuses[at] });
        at = at + 1 === size ? 0 : at + 1;
      }
      next = at;
    };
  },

  /** The floor of held series: counting up one element of a typed array. */
  slot() {
    const slots = new Float64Array(1024);
    return (times) => countUp(slots, times & 1023, times);
  },
};

const onePair = () => ({ method: "GET", route: "/articles" });

/** @type {(slots: Float64Array, at: number, times: number) => void} */
function countUp(slots, at, times) {
  for (let i = 0; i < times; i += 1) slots[at] = (slots[at] ?? 0) + 1;
}

/** @typedef {{ run: Loop, size: number, registry: PeerRegistry }} Workload */
/**
 * @typedef {object} WorkloadName
 * @property {LoopName} loop
 * @property {number} [size]
 * @property {Format} [format]
 * @property {boolean} [isReleased] whether the memory of pages is given back, where a peer can do that
 */

/**
 * A loop on a registry of its own, or undefined where the peer does not have the type.
 *
 * @param {Peer} peer
 * @param {WorkloadName} name
 * @returns {Workload | undefined}
 */
export function openWorkload(peer, { loop, size = 1, format = "text", isReleased = true }) {
  const registry = peer.open(format);
  if (!isReleased) registry.release = () => {};
  const run = loops[loop](registry, size);
  return run && { run, size, registry };
}

/**
 * The milliseconds that so many updates take. This runs in the peer's process.
 *
 * @param {Workload} workload
 * @param {number} times
 */
export function timeUpdates({ run }, times) {
  const start = performance.now();
  run(times);
  return performance.now() - start;
}

/** Nanoseconds an update. */
export async function updateRows(/** @type {Measuring} */ measuring) {
  const measured = [];
  for (const update of rows(measuring.scale)) measured.push(await updateRow(update, measuring));
  return measured;
}

/**
 * @param {Update} update
 * @param {Measuring} measuring
 */
export async function updateRow(
  { what, loop, size = 1, targets, beside },
  { scale, peers, processOf },
) {
  const able = peers.filter((peer) => openWorkload(peer, { loop }));
  const timed = able.map(({ name }) => ({ name, peer: name, loop }));
  if (beside) timed.push({ name: beside.what, peer: beside.peer ?? "narthex", loop: beside.loop });
  const contenders = [];
  for (const { name, peer, loop } of timed) {
    /** @param {number} times */
    const time = (times) => processOf(peer).call("timeUpdates", { loop, size }, times);
    // The first round creates the series, and the second finds them.
    for (let i = 0; i < 2; i += 1) await time(size);
    // As many updates as take long enough to be timed, twice: where the process had to wait once, code would not run
    // often enough to be optimized.
    let times = 1000;
    while (Math.min(await time(times), await time(times)) < scale.updates.turnMs) times *= 2;
    contenders.push({ name, measure: async () => ((await time(times)) / times) * 1e6 });
  }
  const ns = medians(await interleave(contenders, scale.updates.rounds), (one) => one);
  for (const { name } of able) await processOf(name).call("forget");
  const values = Object.fromEntries(able.map(({ name }) => [name, ns[name]]));
  const floor = beside && { what: beside.what, value: Number(ns[beside.what]) };
  return row(what, "ns", values, targets, floor);
}

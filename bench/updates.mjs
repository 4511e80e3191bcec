import { DURATION_COUNT, durations } from "./durations.mjs";
import { labelPairs, labelTriples } from "./label-sets.mjs";

/** @import { PeerRegistry } from "./peers/peers.mjs" */

/** @typedef {(times: number) => void} Loop */
/** @typedef {keyof typeof updates} UpdateName */

const TRIPLE = ["method", "route", "status"];
const PAIR = ["method", "route"];
const BOUNDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const MASK = DURATION_COUNT - 1;

const oneTriple = () => ({ method: "GET", route: "/articles", status: "200" });
const onePair = () => ({ method: "GET", route: "/articles" });

/**
 * What is measured: each makes a metric in a registry, and the loop that updates it. A process runs
 * the loops of one peer only, so that no call in them has seen another's objects.
 *
 * @satisfies {Record<string, (registry: PeerRegistry, size: number) => Loop>}
 */
export const updates = {
  incHeld(registry) {
    const series = registry.counter("requests", TRIPLE).labels(oneTriple());
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

  /** Of all sorts of amounts, so that pages show numbers of all lengths. */
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

  observeHeld(registry) {
    const series = registry.histogram("latency_seconds", PAIR, BOUNDS).labels(onePair());
    return (times) => {
      for (let i = 0; i < times; i += 1) series.observe(durations[i & MASK]);
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
        histogram.observe({ method: methods[at], route: routes[at] }, durations[i & MASK]);
        at = at + 1 === size ? 0 : at + 1;
      }
      next = at;
      seen += times;
    };
  },

  observeNative(registry) {
    const series = present(registry.nativeHistogram)("latency_seconds", PAIR).labels(onePair());
    return (times) => {
      for (let i = 0; i < times; i += 1) series.observe(durations[i & MASK]);
    };
  },

  observeSummary(registry) {
    const series = present(registry.summary)("latency_seconds", PAIR).labels(onePair());
    return (times) => {
      for (let i = 0; i < times; i += 1) series.observe(durations[i & MASK]);
    };
  },
};

/**
 * @template T
 * @param {T | undefined} type that not every peer has
 */
function present(type) {
  if (type === undefined) throw new Error("this peer does not have this type");
  return type;
}

import { createRequire } from "node:module";

/** A client by the name of its package, or by its folder. */
export const load = createRequire(import.meta.url);

/** Whether a `collect` throws, or waits before it gives its value. */
export const state = { throws: false, until: Promise.resolve() };

/** @typedef {any} Client a client of prom-client's API */

/**
 * Metrics of all types and aggregators, with values that are different in each process.
 *
 * @param {Client} client
 * @param {number} id of the process or thread
 */
export function define(client, id) {
  for (const aggregator of ["sum", "first", "min", "max", "average", "omit"]) {
    const options = { name: `gauge_${aggregator}`, help: "G.", labelNames: ["a", "b"], aggregator };
    const gauge = new client.Gauge(options);
    gauge.set({ a: "both", b: "x" }, id * 10);
    gauge.set({ b: "y", a: `only ${id}` }, id);
  }
  new client.Counter({ name: "counter_total", help: "C." }).inc(id);
  const histogram = new client.Histogram({ name: "histogram", help: "H.", buckets: [1, 5] });
  histogram.observe(id);
  new client.Summary({ name: "summary", help: "S.", percentiles: [] }).observe(id);
  new client.Gauge({
    name: "last",
    help: "Waits.",
    async collect() {
      await state.until;
      if (state.throws) throw new Error("it fails");
      this.set(id);
    },
  });
}

/**
 * A registry that is not the usual one.
 *
 * @param {Client} client
 * @param {number} id of the process or thread
 */
export function another(client, id) {
  const registry = new client.Registry();
  new client.Counter({ name: "other_total", help: "O.", registers: [registry] }).inc(id);
  return registry;
}

/** @type {(() => void)[]} the timers of five seconds that were started, after which clients wait no longer */
const timers = [];

/** From now on, timers of five seconds end only by `expire`. */
export function holdTimers() {
  const wait = setTimeout;
  const hold = (/** @type {() => void} */ work, /** @type {number} */ ms) =>
    ms === 5000 ? timers.push(work) : wait(work, ms);
  globalThis.setTimeout = /** @type {typeof setTimeout} */ (/** @type {unknown} */ (hold));
}

/** Ends the timers of five seconds. */
export function expire() {
  for (const work of timers.splice(0)) work();
}

/** What each step gave. */
export class Outcomes {
  /** @type {Record<string, unknown>} */
  all = {};

  /**
   * @param {string} step
   * @param {() => unknown} work
   */
  async add(step, work) {
    try {
      this.all[step] = await work();
    } catch (error) {
      this.all[step] = `${error}`;
    }
  }
}

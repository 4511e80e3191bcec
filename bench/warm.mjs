import { DURATION_COUNT, durations } from "./durations.mjs";

/** @import { Format, Peer } from "./peers/peers.mjs" */

const LABEL_NAMES = ["method", "route", "status"];
const CALLS = 200;

/**
 * Uses every type of every peer in every format, with several label sets: in a service nothing is
 * alone in its process, and what is measured shall not be either.
 *
 * @param {readonly Peer[]} peers
 */
export async function warm(peers) {
  for (const peer of peers) for (const format of peer.formats) await use(peer, format);
}

/**
 * @param {Peer} peer
 * @param {Format} format
 */
async function use(peer, format) {
  const registry = peer.open(format);
  for (let width = 0; width <= LABEL_NAMES.length; width += 1) {
    const names = LABEL_NAMES.slice(0, width);
    const counter = registry.counter(`counter_${width}`, names);
    const gauge = registry.gauge(`gauge_${width}`, names);
    const histograms = [
      registry.histogram(`histogram_${width}`, names, [0.1, 1, 10]),
      registry.nativeHistogram?.(`native_${width}`, names),
      registry.summary?.(`summary_${width}`, names),
    ];
    for (let i = 0; i < CALLS; i += 1) {
      const labels = Object.fromEntries(names.map((name, k) => [name, `${name} ${i % (3 + k)}`]));
      const value = durations[i % DURATION_COUNT] ?? 1;
      counter.labels(labels).inc();
      counter.labels(labels).inc(i % 2 === 0 ? 2 : value);
      gauge.labels(labels).set(-value);
      for (const histogram of histograms) histogram?.labels(labels).observe(value);
      if (width === 0) continue;
      counter.inc(labels);
      counter.inc(labels, i % 2 === 0 ? 2 : value);
      gauge.set(labels, i);
      for (const histogram of histograms) histogram?.observe(labels, value);
    }
  }
  registry.useOwnTypes?.();
  for (let i = 0; i < 3; i += 1) await registry.page();
}

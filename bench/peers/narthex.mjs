import { Registry } from "narthex";
import { joinProcesses } from "narthex/processes";
import { joinThreads } from "narthex/threads";

/** @import { Format, Peer, PeerRegistry } from "./peers.mjs" */

/** @type {Record<Format, string>} */
const ACCEPT = {
  text: "text/plain; version=0.0.4",
  openmetrics: "application/openmetrics-text; version=1.0.0",
  protobuf:
    "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited",
};

const help = "What is measured.";
/** The default of 10,000 is less than some rows need. */
const limit = 1_000_000;

/** @type {Peer} */
export const narthex = {
  name: "narthex",
  packages: ["narthex"],
  formats: ["text", "openmetrics", "protobuf"],

  open: (format) => opened(new Registry(), format),
};

/**
 * @param {Registry} registry
 * @param {Format} format
 * @returns {PeerRegistry}
 */
function opened(registry, format) {
  /** @type {import("narthex").Exposition | undefined} */
  let last;
  return {
    counter: (name, labels) => registry.counter({ name, help, labels, limit }),
    closedCounter: (name, labels) => registry.counter({ name, help, labels, limit }),
    gauge: (name, labels) => registry.gauge({ name, help, labels, limit }),
    histogram: (name, labels, buckets) =>
      registry.histogram({ name, help, labels, limit, buckets }),
    nativeHistogram: (name, labels) =>
      registry.histogram({ name, help, labels, limit, buckets: [], native: true }),
    summary: (name, labels) => registry.summary({ name, help, labels, limit }),
    useOwnTypes: () => useOwnTypes(registry),
    async page() {
      last = await registry.expose({ accept: ACCEPT[format] });
      return last.body;
    },
    release() {
      last?.release();
      last = undefined;
    },
    joinCluster: () => joinProcesses(registry),
  };
}

/** @type {Peer} */
export const narthexInThreads = {
  ...narthex,
  name: "narthex/threads",
  open(format) {
    const registry = new Registry();
    joinThreads(registry);
    return opened(registry, format);
  },
};

/** @param {Registry} registry */
function useOwnTypes(registry) {
  registry.info({ name: "build", help }).set({ version: "1.2.3", revision: "abc" });
  const states = registry.stateSet({ name: "feature", help, labels: ["of"], states: ["a", "b"] });
  const both = registry.histogram({ name: "size_bytes", help, labels: ["of"], native: true });
  const counter = registry.counter({ name: "traced", help, labels: ["of"] });
  for (let i = 0; i < 1000; i += 1) {
    const labels = { of: `${i % 7}` };
    const exemplar = { trace_id: `${i}` };
    states.set(labels, i % 2 === 0 ? "a" : "b", i % 3 === 0);
    both.observe(labels, 1.5 ** (i % 50), { exemplar });
    counter.inc(labels, 1, { exemplar });
  }
}

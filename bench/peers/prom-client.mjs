/**
 * @import { Registry as PromRegistry, RegistryContentType } from "prom-client"
 * @import { Peer, PeerRegistry } from "./peers.mjs"
 */

const help = "What is measured.";

/**
 * A peer with the API of prom-client.
 *
 * @param {string} name the package's
 * @param {{ default: any }} module
 * @returns {Peer}
 */
export function promClient(name, module) {
  /** @type {typeof import("prom-client")} */
  const { AggregatorRegistry, Counter, Gauge, Histogram, Registry, Summary } = module.default;
  return {
    name,
    packages: [name],
    formats: ["text", "openmetrics"],

    open(format) {
      /** @type {PromRegistry<RegistryContentType>} */
      const registry = new Registry();
      if (format === "openmetrics") registry.setContentType(Registry.OPENMETRICS_CONTENT_TYPE);
      const registers = [registry];
      /** @type {PeerRegistry} */
      const opened = {
        counter: (name, labelNames) =>
          new Counter({ name: `${name}_total`, help, labelNames, registers }),
        gauge: (name, labelNames) => new Gauge({ name, help, labelNames, registers }),
        histogram: (name, labelNames, buckets) =>
          new Histogram({ name, help, labelNames, registers, buckets }),
        summary: (name, labelNames) =>
          new Summary({
            name,
            help,
            labelNames,
            registers,
            // As this package's summaries are by default.
            percentiles: [0.5, 0.9, 0.99],
            maxAgeSeconds: 600,
            ageBuckets: 5,
          }),
        page: () => registry.metrics(),
        json: () => registry.getMetricsAsJSON(),
        joinCluster: () => {
          new AggregatorRegistry();
          AggregatorRegistry.setRegistries([registry]);
        },
      };
      return opened;
    },

    openCluster() {
      const registry = new AggregatorRegistry();
      return () => registry.clusterMetrics();
    },
  };
}

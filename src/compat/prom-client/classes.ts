import { processWide } from "../../process-wide.ts";
import * as counter from "./metrics/counter.ts";
import * as gauge from "./metrics/gauge.ts";
import * as histogram from "./metrics/histogram.ts";
import * as summary from "./metrics/summary.ts";
import * as pushgateway from "./pushgateway.ts";
import * as registry from "./registry/registry.ts";
import { AggregatorRegistry as OwnAggregatorRegistry } from "./several-processes/aggregator-registry.ts";
import { clusterRegistry } from "./several-processes/cluster-registry.ts";
import { workerRegistry } from "./several-processes/worker-registry.ts";

/**
 * The classes behind prom-client's declarations. The process has each of them once: an application that imports the
 * package beside a middleware that requires it loads it twice, and `instanceof` must hold for the metrics of both.
 */
export const {
  AggregatorRegistry,
  ClusterRegistry,
  Counter,
  Gauge,
  Histogram,
  Pushgateway,
  Registry,
  Summary,
  WorkerRegistry,
} = processWide("prom-client classes", () =>
  withNames({
    AggregatorRegistry: OwnAggregatorRegistry,
    ClusterRegistry: clusterRegistry(registry.Registry),
    Counter: counter.Counter,
    Gauge: gauge.Gauge,
    Histogram: histogram.Histogram,
    Pushgateway: pushgateway.Pushgateway,
    Registry: registry.Registry,
    Summary: summary.Summary,
    WorkerRegistry: workerRegistry(registry.Registry),
  }),
);

/** Gives classes the names by which they are exported: some have another one in their source, or by the build. */
export function withNames<Classes extends object>(classes: Classes): Classes {
  for (const [name, value] of Object.entries(classes)) {
    Object.defineProperty(value, "name", { value: name, configurable: true });
  }
  return classes;
}

import { processWide } from "../../process-wide.ts";
import * as counter from "./counter.ts";
import * as gauge from "./gauge.ts";
import * as histogram from "./histogram.ts";
import * as pushgateway from "./pushgateway.ts";
import * as registry from "./registry.ts";
import { AggregatorRegistry as OwnAggregatorRegistry } from "./several-processes/aggregator-registry.ts";
import { clusterRegistry } from "./several-processes/cluster-registry.ts";
import { workerRegistry } from "./several-processes/worker-registry.ts";
import * as summary from "./summary.ts";

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
} = processWide("prom-client classes", () => ({
  AggregatorRegistry: OwnAggregatorRegistry,
  ClusterRegistry: clusterRegistry(registry.Registry),
  Counter: counter.Counter,
  Gauge: gauge.Gauge,
  Histogram: histogram.Histogram,
  Pushgateway: pushgateway.Pushgateway,
  Registry: registry.Registry,
  Summary: summary.Summary,
  WorkerRegistry: workerRegistry(registry.Registry),
}));

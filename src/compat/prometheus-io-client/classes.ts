import { processWide } from "../../process-wide.ts";
import { CLIENT_0_16 } from "../prom-client/behaviour.ts";
import * as before from "../prom-client/classes.ts";
import { clusterRegistry } from "../prom-client/several-processes/cluster-registry.ts";
import { workerRegistry } from "../prom-client/several-processes/worker-registry.ts";

// The classes of prom-client, with the behaviour of its successor.

class OwnRegistry extends before.Registry {
  static override get Plain() {
    return OwnRegistry;
  }
}
class OwnCounter extends before.Counter {}
class OwnGauge extends before.Gauge {}
class OwnHistogram extends before.Histogram {}
class OwnSummary extends before.Summary {}
class OwnPushgateway extends before.Pushgateway {}

for (const Class of [OwnRegistry, OwnCounter, OwnGauge, OwnHistogram, OwnSummary, OwnPushgateway]) {
  Object.defineProperty(Class.prototype, "behaviour", { get: () => CLIENT_0_16 });
}

/** The process has each of them once, whichever copy of the package is loaded first. */
export const {
  ClusterRegistry,
  Counter,
  Gauge,
  Histogram,
  Pushgateway,
  Registry,
  Summary,
  WorkerRegistry,
} = processWide("prometheus-io-client classes", () =>
  before.withNames({
    ClusterRegistry: clusterRegistry(OwnRegistry),
    Counter: OwnCounter,
    Gauge: OwnGauge,
    Histogram: OwnHistogram,
    Pushgateway: OwnPushgateway,
    Registry: OwnRegistry,
    Summary: OwnSummary,
    WorkerRegistry: workerRegistry(OwnRegistry),
  }),
);

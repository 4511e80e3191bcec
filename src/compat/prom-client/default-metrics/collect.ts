import type { Registrar } from "../behaviour.ts";
import { isObject } from "../metrics/validation.ts";
import { eventLoopLag, eventLoopUtilization } from "./event-loop.ts";
import { type DefaultMetricsOptions, Kit, type MetricClasses } from "./kit.ts";
import * as node from "./node.ts";
import * as ofProcess from "./process.ts";

type Collectors = Readonly<Record<string, (kit: Kit) => void>>;

/** In the order of prom-client. */
const COLLECTORS: Collectors = {
  processCpuTotal: ofProcess.processCpuTotal,
  processStartTime: ofProcess.processStartTime,
  osMemoryHeap: ofProcess.osMemoryHeap,
  processOpenFileDescriptors: ofProcess.processOpenFileDescriptors,
  processMaxFileDescriptors: ofProcess.processMaxFileDescriptors,
  eventLoopLag,
  eventLoopUtilization,
  processResources: node.processResources,
  processHandles: node.processHandles,
  processRequests: node.processRequests,
  heapSizeAndUsed: node.heapSizeAndUsed,
  heapSpacesSizeAndUsed: node.heapSpacesSizeAndUsed,
  version: node.version,
  gc: node.gc,
};

/** @param leftOut the collectors that the client does not have */
export function defaultMetrics(classes: MetricClasses, leftOut: readonly string[] = []) {
  const collectors = Object.entries(COLLECTORS).filter(([name]) => !leftOut.includes(name));
  const collectDefaultMetrics = (config?: DefaultMetricsOptions | null): void => {
    if (config !== null && config !== undefined && !isObject(config)) {
      throw new TypeError("config must be null, undefined, or an object");
    }
    const kit = new Kit(classes, config ?? {});
    for (const [, collect] of collectors) collect(kit);
  };
  collectDefaultMetrics.metricsList = collectors.map(([name]) => name);
  // One by one, as the files in prom-client's lib/metrics/ have them, which some packages import.
  const single = collectors.map(([name, collect]) => [
    name,
    (register?: Registrar, config?: DefaultMetricsOptions) =>
      collect(new Kit(classes, { ...config, ...(register ? { register } : {}) })),
  ]);
  Object.defineProperty(collectDefaultMetrics, "collectors", { value: Object.fromEntries(single) });
  return collectDefaultMetrics;
}

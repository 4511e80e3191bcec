import { constants, PerformanceObserver } from "node:perf_hooks";
import { getHeapSpaceStatistics } from "node:v8";
import type { Kit } from "./kit.ts";

/** What `process` has for debugging, and does not document. */
const debugging = process as unknown as {
  _getActiveHandles?(): unknown[];
  _getActiveRequests?(): unknown[];
};

export function processResources(kit: Kit): void {
  active(kit, {
    name: "nodejs_active_resources",
    help: "Number of active resources that are currently keeping the event loop alive, grouped by async resource type.",
    totalHelp: "Total number of active resources.",
    types: () => process.getActiveResourcesInfo(),
  });
}

export function processHandles(kit: Kit): void {
  if (typeof debugging._getActiveHandles !== "function") return;
  active(kit, {
    name: "nodejs_active_handles",
    help: "Number of active libuv handles grouped by handle type. Every handle type is C++ class name.",
    totalHelp: "Total number of active handles.",
    types: () => debugging._getActiveHandles!().map(className),
  });
}

export function processRequests(kit: Kit): void {
  if (typeof debugging._getActiveRequests !== "function") return;
  active(kit, {
    name: "nodejs_active_requests",
    help: "Number of active libuv requests grouped by request type. Every request type is C++ class name.",
    totalHelp: "Total number of active requests.",
    types: () => debugging._getActiveRequests!().map(className),
  });
}

interface Active {
  readonly name: string;
  readonly help: string;
  readonly totalHelp: string;
  /** The type of each that is active; undefined where it has none. */
  types(): readonly (string | undefined)[];
}

function active(kit: Kit, { name, help, totalHelp, types }: Active): void {
  const { labels } = kit;
  kit.gauge(name, help, {
    labelNames: ["type"],
    collect() {
      const counts = new Map<string, number>();
      for (const type of types()) {
        if (type !== undefined) counts.set(type, (counts.get(type) ?? 0) + 1);
      }
      this.reset();
      for (const [type, count] of counts) this.set({ type, ...labels }, count);
    },
  });
  kit.read(`${name}_total`, totalHelp, () => types().length);
}

function className(object: unknown): string | undefined {
  return (object as object | undefined)?.constructor?.name;
}

export function heapSizeAndUsed(kit: Kit): void {
  const { labels } = kit;
  const total = kit.gauge(
    "nodejs_heap_size_total_bytes",
    "Process heap size from Node.js in bytes.",
    {
      // Sets all three.
      collect() {
        const { heapTotal, heapUsed, external } = process.memoryUsage();
        total.set(labels, heapTotal);
        used.set(labels, heapUsed);
        outside.set(labels, external);
      },
    },
  );
  const used = kit.gauge(
    "nodejs_heap_size_used_bytes",
    "Process heap size used from Node.js in bytes.",
  );
  const outside = kit.gauge(
    "nodejs_external_memory_bytes",
    "Node.js external memory size in bytes.",
  );
}

export function heapSpacesSizeAndUsed(kit: Kit): void {
  const { labels } = kit;
  const gauge = (part: string) =>
    kit.gauge(
      `nodejs_heap_space_size_${part}_bytes`,
      `Process heap space size ${part} from Node.js in bytes.`,
      { labelNames: ["space"] },
    );
  const [total, used, available] = [gauge("total"), gauge("used"), gauge("available")];
  // Sets all three.
  total.collect = () => {
    for (const space of getHeapSpaceStatistics()) {
      const own = { space: space.space_name.replace(/_space.*$/, ""), ...labels };
      total.set(own, space.space_size);
      used.set(own, space.space_used_size);
      available.set(own, space.space_available_size);
    }
  };
}

export function version(kit: Kit): void {
  const [major, minor, patch] = process.version.slice(1).split(".").map(Number);
  const own = { version: process.version, major, minor, patch, ...kit.labels };
  kit.gauge("nodejs_version_info", "Node.js version info.", {
    labelNames: ["version", "major", "minor", "patch"],
    aggregator: "first",
    collect() {
      this.set(own, 1);
    },
  });
}

const GC_KINDS = new Map([
  [constants.NODE_PERFORMANCE_GC_MAJOR, "major"],
  [constants.NODE_PERFORMANCE_GC_MINOR, "minor"],
  [constants.NODE_PERFORMANCE_GC_INCREMENTAL, "incremental"],
  [constants.NODE_PERFORMANCE_GC_WEAKCB, "weakcb"],
]);

export function gc(kit: Kit): void {
  const { classes, labels, options } = kit;
  const help = "Garbage collection duration by kind, one of major, minor, incremental or weakcb.";
  const durations = new classes.Histogram({
    ...kit.config("nodejs_gc_duration_seconds", help, ["kind"]),
    buckets: options.gcDurationBuckets || [0.001, 0.01, 0.1, 1, 2, 5],
  });
  const observer = new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) {
      const { kind } = (entry as unknown as { detail: { kind: number } }).detail;
      durations.observe({ kind: GC_KINDS.get(kind), ...labels }, entry.duration / 1000);
    }
  });
  observer.observe({ entryTypes: ["gc"] });
}

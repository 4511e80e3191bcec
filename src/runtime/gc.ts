import {
  constants,
  type NodeGCPerformanceDetail,
  type PerformanceEntry,
  PerformanceObserver,
} from "node:perf_hooks";
import { nanosecondsBetween, recordDuration } from "../instruments/timer.ts";
import type { RuntimeFamilies } from "./families.ts";
import type { RuntimeSettings } from "./options.ts";

const KINDS: ReadonlyMap<number, string> = new Map([
  [constants.NODE_PERFORMANCE_GC_MAJOR, "major"],
  [constants.NODE_PERFORMANCE_GC_MINOR, "minor"],
  // V8's second collector of young objects, for which Node has no constant.
  [2, "minor"],
  [constants.NODE_PERFORMANCE_GC_INCREMENTAL, "incremental"],
  [constants.NODE_PERFORMANCE_GC_WEAKCB, "weakcb"],
]);

interface GcEntry extends PerformanceEntry {
  readonly detail: NodeGCPerformanceDetail;
}

export function collectGc(families: RuntimeFamilies, { gcBuckets }: RuntimeSettings): void {
  const seriesOfKind = families.histogram({
    name: "nodejs_gc_duration_seconds",
    help: "How long garbage collections took, by kind: major, minor, incremental or weakcb.",
    labels: ["kind"],
    buckets: gcBuckets,
  });
  const series = new Map([...KINDS].map(([id, kind]) => [id, seriesOfKind({ kind })]));
  const observer = new PerformanceObserver((list) => {
    for (const { detail, duration } of list.getEntries() as GcEntry[]) {
      const one = series.get(detail.kind);
      if (one !== undefined) recordDuration(one, nanosecondsBetween(0, duration));
    }
  });
  observer.observe({ type: "gc" });
  families.onStop(() => observer.disconnect());
}

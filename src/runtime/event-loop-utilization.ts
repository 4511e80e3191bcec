import { performance } from "node:perf_hooks";
import type { RuntimeFamilies } from "./runtime-families.ts";

export function collectEventLoopUtilization(families: RuntimeFamilies): void {
  let last = performance.eventLoopUtilization();
  families.gauge({
    name: "nodejs_eventloop_utilization",
    help: "Share of the time since the last scrape in which the event loop had work, from 0 to 1.",
    collect: () => {
      const now = performance.eventLoopUtilization();
      const { utilization } = performance.eventLoopUtilization(now, last);
      last = now;
      return utilization;
    },
  });
}

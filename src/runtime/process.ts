import { performance } from "node:perf_hooks";
import { oncePerScrape } from "./once-per-scrape.ts";
import type { RuntimeFamilies } from "./runtime-families.ts";

export function collectProcess(families: RuntimeFamilies): void {
  families
    .gauge({
      name: "process_start_time_seconds",
      help: "When the process started, in seconds since the Unix epoch.",
    })
    .set(performance.timeOrigin / 1000);

  const usage = oncePerScrape(() => process.cpuUsage());
  families.counter({
    name: "process_cpu_user_seconds",
    help: "CPU time that the process has used in user mode, in seconds.",
    collect: (scrape) => usage(scrape).user / 1e6,
  });
  families.counter({
    name: "process_cpu_system_seconds",
    help: "CPU time that the process has used in the kernel, in seconds.",
    collect: (scrape) => usage(scrape).system / 1e6,
  });
  families.counter({
    name: "process_cpu_seconds",
    help: "CPU time that the process has used, in user mode and in the kernel, in seconds.",
    collect: (scrape) => (usage(scrape).user + usage(scrape).system) / 1e6,
  });
}

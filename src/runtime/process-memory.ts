import { existsSync, readFileSync } from "node:fs";
import { oncePerScrape } from "./once-per-scrape.ts";
import type { RuntimeFamilies } from "./runtime-families.ts";

const STATUS = "/proc/self/status";

export function collectProcessMemory(families: RuntimeFamilies): void {
  const resident = {
    name: "process_resident_memory_bytes",
    help: "Memory of the process that is in RAM, in bytes.",
  };
  if (!existsSync(STATUS)) {
    families.gauge({ ...resident, collect: () => process.memoryUsage.rss() });
    return;
  }
  const status = oncePerScrape(() => readFileSync(STATUS, "utf8"));
  families.gauge({ ...resident, collect: (scrape) => bytes(status(scrape), "VmRSS") });
  families.gauge({
    name: "process_virtual_memory_bytes",
    help: "Address space of the process, in bytes.",
    collect: (scrape) => bytes(status(scrape), "VmSize"),
  });
  families.gauge({
    name: "process_heap_bytes",
    help: "Data segment of the process, all of its private writable memory but stacks, in bytes.",
    collect: (scrape) => bytes(status(scrape), "VmData"),
  });
}

function bytes(status: string, field: string): number {
  const kibibytes = new RegExp(`^${field}:\\s+(\\d+) kB$`, "m").exec(status)?.[1];
  return Number(kibibytes) * 1024;
}

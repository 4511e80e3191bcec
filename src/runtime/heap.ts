import { getHeapStatistics } from "node:v8";
import { oncePerScrape } from "./once-per-scrape.ts";
import type { RuntimeFamilies } from "./runtime-families.ts";

export function collectHeap(families: RuntimeFamilies): void {
  // The numbers of process.memoryUsage(), without the file that it reads for the resident memory.
  const statistics = oncePerScrape(getHeapStatistics);
  families.gauge({
    name: "nodejs_heap_size_total_bytes",
    help: "Memory that V8 has reserved for the heap, in bytes.",
    collect: (scrape) => statistics(scrape).total_heap_size,
  });
  families.gauge({
    name: "nodejs_heap_size_used_bytes",
    help: "Memory of the heap that objects occupy, in bytes.",
    collect: (scrape) => statistics(scrape).used_heap_size,
  });
  families.gauge({
    name: "nodejs_external_memory_bytes",
    help: "Memory outside the heap that its objects hold, such as buffers, in bytes.",
    collect: (scrape) => statistics(scrape).external_memory,
  });
}

import { getHeapSpaceStatistics, getHeapStatistics, type HeapSpaceInfo } from "node:v8";
import type { RuntimeFamilies } from "./families.ts";
import { oncePerScrape } from "./once-per-scrape.ts";

export function collectHeap(families: RuntimeFamilies): void {
  // The same numbers as from process.memoryUsage(), which also reads a file for the resident memory.
  const statistics = oncePerScrape(getHeapStatistics);
  families.gauge({
    name: "nodejs_heap_size_total_bytes",
    help: "Memory that V8 has reserved for the heap, in bytes.",
    collect: () => statistics().total_heap_size,
  });
  families.gauge({
    name: "nodejs_heap_size_used_bytes",
    help: "Memory of the heap that objects occupy, in bytes.",
    collect: () => statistics().used_heap_size,
  });
  families.gauge({
    name: "nodejs_external_memory_bytes",
    help: "Memory outside the heap that its objects hold, such as buffers, in bytes.",
    collect: () => statistics().external_memory,
  });
  collectSpaces(families);
}

function collectSpaces(families: RuntimeFamilies): void {
  const spaces = oncePerScrape(getHeapSpaceStatistics);
  const gauge = (kind: string, help: string, read: (space: HeapSpaceInfo) => number) => {
    families.gauge({
      name: `nodejs_heap_space_size_${kind}_bytes`,
      help,
      labels: ["space"],
      collect: () =>
        spaces().map(
          (info) => [{ space: info.space_name.replace(/_space$/, "") }, read(info)] as const,
        ),
    });
  };
  gauge("total", "Memory that V8 has reserved for a heap space, in bytes.", (of) => of.space_size);
  gauge("used", "Memory of a heap space that is in use, in bytes.", (of) => of.space_used_size);
  gauge(
    "available",
    "Memory of a heap space that is still free, in bytes.",
    (of) => of.space_available_size,
  );
}

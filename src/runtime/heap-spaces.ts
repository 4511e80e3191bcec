import { getHeapSpaceStatistics, type HeapSpaceInfo } from "node:v8";
import { oncePerScrape } from "./once-per-scrape.ts";
import type { RuntimeFamilies } from "./runtime-families.ts";

export function collectHeapSpaces(families: RuntimeFamilies): void {
  const spaces = oncePerScrape(getHeapSpaceStatistics);
  const gauge = (kind: string, help: string, read: (space: HeapSpaceInfo) => number) => {
    families.gauge({
      name: `nodejs_heap_space_size_${kind}_bytes`,
      help,
      labels: ["space"],
      collect: (scrape) =>
        spaces(scrape).map((info) => [
          { space: info.space_name.replace(/_space$/, "") },
          read(info),
        ]),
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

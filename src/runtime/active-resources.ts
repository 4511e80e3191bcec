import type { RuntimeFamilies } from "./families.ts";
import { oncePerScrape } from "./once-per-scrape.ts";

export function collectActiveResources(families: RuntimeFamilies): void {
  const resources = oncePerScrape(() => process.getActiveResourcesInfo());
  families.gauge({
    name: "nodejs_active_resources",
    help: "Resources that keep the process alive, such as timers and sockets, by type.",
    labels: ["type"],
    collect: () => {
      const counts = new Map<string, number>();
      for (const type of resources()) counts.set(type, (counts.get(type) ?? 0) + 1);
      return [...counts].map(([type, count]) => [{ type }, count] as const);
    },
  });
  families.gauge({
    name: "nodejs_active_resources_total",
    help: "Resources that keep the process alive, of all types.",
    collect: () => resources().length,
  });
}

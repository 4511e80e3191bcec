import { setTimeout } from "node:timers/promises";
import { expect, test } from "vitest";
import { parseTextPage } from "../../test/text-page.ts";
import { Registry } from "../registry/registry.ts";
import { collectRuntime } from "./collect-runtime.ts";

test("utilization is the busy share of the time since the last scrape, not of all time", async () => {
  const registry = new Registry();
  const stop = collectRuntime(registry, { only: ["event-loop"] });
  const scrape = async () =>
    parseTextPage(await registry.text()).value("nodejs_eventloop_utilization")!;

  for (const idleMs of [200, 0]) {
    const start = performance.now();
    await scrape();
    const end = performance.now() + 200;
    while (performance.now() < end);
    if (idleMs > 0) await setTimeout(idleMs);
    const utilization = await scrape();
    const busyShare = 200 / (performance.now() - start);
    expect(utilization).toBeGreaterThan(0.9 * busyShare);
    if (idleMs > 0) expect(utilization).toBeLessThan(1);
  }
  stop();
});

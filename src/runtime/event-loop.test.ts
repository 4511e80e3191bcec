import { setTimeout } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { parseTextPage } from "../../test/text-page.ts";
import { Registry } from "../registry/registry.ts";
import { collectRuntime } from "./index.ts";

let registry: Registry;
let stop = () => {};
beforeEach(() => {
  registry = new Registry();
});
afterEach(() => stop());

async function lag(statistic: string): Promise<number> {
  const name = `nodejs_eventloop_lag_${statistic}seconds`;
  return parseTextPage(await registry.text()).value(name)!;
}

function block(ms: number): void {
  const end = performance.now() + ms;
  while (performance.now() < end);
}

describe("since the scrape before the last", () => {
  const BLOCK_MS = 400;
  const SEEN = (BLOCK_MS - 50) / 1000;

  test("a block is the longest lag of the next two scrapes, and of no later one", async () => {
    const start = performance.now();
    stop = collectRuntime(registry, { only: ["event-loop"] });
    await setTimeout(50);
    block(BLOCK_MS);
    await setTimeout(50);
    const first = await lag("max_");
    expect(first).toBeGreaterThan(SEEN);
    expect(first).toBeLessThan((performance.now() - start) / 1000);
    await setTimeout(50);
    expect(await lag("max_")).toBeGreaterThan(SEEN);
    await setTimeout(50);
    expect(await lag("max_")).not.toBeCloseTo(first, 3);
  });

  test("a block right after a scrape is not lost", async () => {
    stop = collectRuntime(registry, { only: ["event-loop"] });
    await setTimeout(50);
    await registry.text();
    block(BLOCK_MS);
    await setTimeout(50);
    expect(await lag("max_")).toBeGreaterThan(SEEN);
  });

  test("two servers that scrape in turn both see it", async () => {
    stop = collectRuntime(registry, { only: ["event-loop"] });
    await registry.text();
    await registry.text();
    await setTimeout(50);
    block(BLOCK_MS);
    await setTimeout(50);
    expect(await lag("max_")).toBeGreaterThan(SEEN);
    expect(await lag("max_")).toBeGreaterThan(SEEN);
  });

  test("scrapes too close for a sample keep the values before", async () => {
    stop = collectRuntime(registry, { only: ["event-loop"], eventLoopPrecisionMs: 1000 });
    expect(await lag("min_")).toBe(0);
    await setTimeout(2500);
    const values = [await lag("mean_"), await lag("mean_"), await lag("mean_")];
    expect(values[2]).toBe(values[1]);
  });
});

test("statistics are of one reading: they are in order", async () => {
  stop = collectRuntime(registry, { only: ["event-loop"] });
  await setTimeout(50);
  block(100);
  await setTimeout(50);
  const page = parseTextPage(await registry.text());
  const values = ["min", "p50", "p90", "p99", "max"].map((statistic) =>
    page.value(`nodejs_eventloop_lag_${statistic}_seconds`),
  );
  expect(values).toEqual(values.toSorted((a, b) => a! - b!));
  const mean = page.value("nodejs_eventloop_lag_mean_seconds")!;
  expect(mean).toBeGreaterThan(values.at(0)!);
  expect(mean).toBeLessThan(values.at(-1)!);
  expect(page.value("nodejs_eventloop_lag_stddev_seconds")).toBeGreaterThan(0);
});

test("an idle loop has no lag: the time between samples is not part of it", async () => {
  stop = collectRuntime(registry, { only: ["event-loop"], eventLoopPrecisionMs: 500 });
  await vi.waitFor(
    async () => {
      const page = parseTextPage(await registry.text());
      expect(page.value("nodejs_eventloop_lag_max_seconds")).toBeGreaterThan(0);
      expect(page.value("nodejs_eventloop_lag_min_seconds")).toBeLessThan(0.4);
    },
    { timeout: 15_000, interval: 1200 },
  );
});

describe("now", () => {
  test("it is a turn of the loop as it is, with what keeps it busy", async () => {
    stop = collectRuntime(registry, { only: ["event-loop"] });
    let busy = true;
    const work = () => {
      block(50);
      if (busy) setImmediate(work);
    };
    setImmediate(work);
    const seconds = await lag("");
    busy = false;
    expect(seconds).toBeGreaterThan(0.049);
  });

  test("it leaves out the work of the scrape itself", async () => {
    stop = collectRuntime(registry, { only: ["event-loop"] });
    registry.gauge({
      name: "slow",
      help: "",
      collect: () => {
        block(200);
        return 1;
      },
    });
    const start = performance.now();
    const seconds = await lag("");
    const elapsed = (performance.now() - start) / 1000;
    expect(seconds).toBeGreaterThan(0);
    expect(seconds).toBeLessThan(elapsed - 0.199);
  });
});

test("utilization is the busy share of the time since the last scrape, not of all time", async () => {
  stop = collectRuntime(registry, { only: ["event-loop"] });
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
});

import { getHeapSpaceStatistics } from "node:v8";
import { expect, test } from "vitest";
import { parseTextPage } from "../../test/text-page.ts";
import { Registry } from "../registry/registry.ts";
import { collectRuntime } from "./index.ts";

async function scrape() {
  const registry = new Registry();
  const stop = collectRuntime(registry, { only: ["heap"] });
  const page = parseTextPage(await registry.text());
  stop();
  return page;
}

test("heap sizes are what Node says of its memory", async () => {
  const page = await scrape();
  const usage = process.memoryUsage();
  for (const [name, expected] of [
    ["nodejs_heap_size_total_bytes", usage.heapTotal],
    ["nodejs_heap_size_used_bytes", usage.heapUsed],
    ["nodejs_external_memory_bytes", usage.external],
  ] as const) {
    expect(page.value(name), name).toBeGreaterThan(expected / 2);
    expect(page.value(name), name).toBeLessThan(expected * 2);
  }
  expect(page.value("nodejs_heap_size_used_bytes")).toBeLessThanOrEqual(
    page.value("nodejs_heap_size_total_bytes")!,
  );
});

test("a buffer is external memory", async () => {
  const before = (await scrape()).value("nodejs_external_memory_bytes")!;
  const buffer = Buffer.alloc(64 * 2 ** 20, 1);
  const after = (await scrape()).value("nodejs_external_memory_bytes")!;
  expect(buffer.at(-1)).toBe(1);
  expect(after - before).toBeGreaterThan(32 * 2 ** 20);
});

test.each(["total", "used", "available"])("every heap space has its %s size", async (kind) => {
  const page = await scrape();
  const { samples } = page.families.get(`nodejs_heap_space_size_${kind}_bytes`)!;
  expect(samples.map((sample) => `${sample.labels.space}_space`)).toEqual(
    getHeapSpaceStatistics().map((space) => space.space_name),
  );
});

test("what the spaces hold adds up to the heap", async () => {
  const page = await scrape();
  for (const kind of ["total", "used"]) {
    const { samples } = page.families.get(`nodejs_heap_space_size_${kind}_bytes`)!;
    const sum = samples.reduce((total, { value }) => total + value, 0);
    const heap = page.value(`nodejs_heap_size_${kind}_bytes`)!;
    expect(sum, kind).toBeGreaterThan(heap * 0.8);
    expect(sum, kind).toBeLessThan(heap * 1.25);
  }
});

test("the old space has what is free, too", async () => {
  const page = await scrape();
  const of = (kind: string) =>
    page.value(`nodejs_heap_space_size_${kind}_bytes`, { space: "old" })!;
  const old = getHeapSpaceStatistics().find(({ space_name }) => space_name === "old_space")!;
  expect(of("used")).toBeGreaterThan(old.space_used_size / 2);
  expect(of("used")).toBeLessThan(old.space_used_size * 2);
  expect(of("used")).toBeLessThanOrEqual(of("total"));
  expect(of("available")).toBeLessThan(of("total"));
});

import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { parseTextPage } from "../../test/text-page.ts";
import { Registry } from "../registry/registry.ts";
import { collectRuntime } from "./collect-runtime.ts";

let registry: Registry;
beforeEach(() => {
  registry = new Registry();
});
afterEach(() => {
  vi.restoreAllMocks();
  syncBuiltinESMExports();
});

async function scrape() {
  const stop = collectRuntime(registry, { only: ["process"] });
  const page = parseTextPage(await registry.text());
  stop();
  return page;
}

test("resident memory is what Node says", async () => {
  const resident = (await scrape()).value("process_resident_memory_bytes")!;
  const expected = process.memoryUsage.rss();
  expect(resident).toBeGreaterThan(expected / 2);
  expect(resident).toBeLessThan(expected * 2);
});

describe.runIf(process.platform === "linux")("on Linux", () => {
  test("resident memory and data are parts of the address space", async () => {
    const page = await scrape();
    const virtual = page.value("process_virtual_memory_bytes")!;
    for (const part of ["process_resident_memory_bytes", "process_heap_bytes"]) {
      expect(page.value(part)).toBeGreaterThan(0);
      expect(page.value(part)).toBeLessThan(virtual);
    }
  });

  test("memory that is taken shows in all three", async () => {
    const before = await scrape();
    const taken = Buffer.alloc(64 * 2 ** 20, 1);
    const after = await scrape();
    expect(taken.at(-1)).toBe(1);
    for (const part of ["resident_memory", "virtual_memory", "heap"]) {
      const name = `process_${part}_bytes`;
      expect(after.value(name)! - before.value(name)!, name).toBeGreaterThan(32 * 2 ** 20);
    }
  });

  test("a scrape reads the process's status once", async () => {
    const read = vi.spyOn(fs, "readFileSync");
    syncBuiltinESMExports();
    await scrape();
    expect(read.mock.calls.filter(([path]) => path === "/proc/self/status")).toHaveLength(1);
  });
});

test("without /proc there is what Node itself knows, and no more", async () => {
  vi.spyOn(fs, "existsSync").mockReturnValue(false);
  const read = vi.spyOn(fs, "readFileSync");
  syncBuiltinESMExports();
  const page = await scrape();
  expect([...page.families.keys()]).toEqual([
    "process_start_time_seconds",
    "process_cpu_user_seconds_total",
    "process_cpu_system_seconds_total",
    "process_cpu_seconds_total",
    "process_resident_memory_bytes",
  ]);
  expect(page.value("process_resident_memory_bytes")).toBeGreaterThan(0);
  expect(read).not.toHaveBeenCalled();
});

import { execFile } from "node:child_process";
import fs, { closeSync, openSync, readdirSync } from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { devNull } from "node:os";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { parseTextPage, type TextPage } from "../../test/text-page.ts";
import { Registry } from "../registry/registry.ts";
import { collectRuntime } from "./index.ts";
import { countDescriptors } from "./process.ts";

let registry: Registry;
beforeEach(() => {
  registry = new Registry();
});
afterEach(() => {
  vi.restoreAllMocks();
  syncBuiltinESMExports();
});

async function scrape(): Promise<TextPage> {
  const stop = collectRuntime(registry, { only: ["process"] });
  const page = parseTextPage(await registry.text());
  stop();
  return page;
}

test("CPU times are the process's own, since it started", async () => {
  const before = process.cpuUsage();
  const page = await scrape();
  const after = process.cpuUsage();
  for (const mode of ["user", "system"] as const) {
    const seconds = page.value(`process_cpu_${mode}_seconds_total`)!;
    expect(seconds).toBeGreaterThanOrEqual(before[mode] / 1e6);
    expect(seconds).toBeLessThanOrEqual(after[mode] / 1e6);
  }
});

test("the CPU times of a page are of one reading: they add up", async () => {
  const usage = vi.spyOn(process, "cpuUsage");
  const page = await scrape();
  expect(usage).toHaveBeenCalledTimes(1);
  expect(page.value("process_cpu_seconds_total")).toBeCloseTo(
    page.value("process_cpu_user_seconds_total")! + page.value("process_cpu_system_seconds_total")!,
    9,
  );
});

test("the start time is when the process started, and does not move", async () => {
  const started = Date.now() / 1000 - process.uptime();
  const startTime = async () => (await scrape()).value("process_start_time_seconds")!;
  const first = await startTime();
  expect(Math.abs(first - started)).toBeLessThan(1);
  expect(await startTime()).toBe(first);
});

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

  // In a process of its own: the memory of other test files would be collected meanwhile in this one.
  test("memory that is taken shows in all three", async () => {
    const built = (module: string) =>
      JSON.stringify(new URL(`../../dist/${module}`, import.meta.url));
    const program = `
      import { Registry } from ${built("index.js")};
      import { collectRuntime } from ${built("runtime/index.js")};
      const registry = new Registry();
      collectRuntime(registry, { only: ["process"] });
      const before = await registry.text();
      const taken = Buffer.alloc(64 * 2 ** 20, 1);
      const after = await registry.text();
      process.stdout.write(JSON.stringify({ before, after, taken: taken.length }));
    `;
    const args = ["--input-type=module", "--eval", program];
    const { stdout } = await promisify(execFile)(process.execPath, args);
    const pages = JSON.parse(stdout);
    const [before, after] = [parseTextPage(pages.before), parseTextPage(pages.after)];
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

  test("descriptors are counted one by one, without the one that reads them", () => {
    const before = countDescriptors("/proc/self/fd");
    expect(before).toBe(readdirSync("/proc/self/fd").length - 1);
    const opened = Array.from({ length: 3 }, () => openSync(devNull, "r"));
    const after = countDescriptors("/proc/self/fd");
    opened.forEach(closeSync);
    expect(after).toBe(before + 3);
  });

  test("a folder whose size says nothing, as on older kernels, gives the same", () => {
    expect(countDescriptors("/proc/self/fdinfo")).toBe(countDescriptors("/proc/self/fd"));
  });

  test("the page has those of the process", async () => {
    const before = (await scrape()).value("process_open_fds")!;
    const opened = Array.from({ length: 100 }, () => openSync(devNull, "r"));
    const after = (await scrape()).value("process_open_fds")!;
    opened.forEach(closeSync);
    expect(before).toBeGreaterThan(2);
    expect(after - before).toBeGreaterThan(90);
    expect(after - before).toBeLessThan(110);
  });

  test("the limit is that of the process", async () => {
    const { userLimits } = process.report.getReport() as unknown as {
      userLimits: { open_files: { soft: number | "unlimited" } };
    };
    const { soft } = userLimits.open_files;
    expect((await scrape()).value("process_max_fds")).toBe(
      soft === "unlimited" ? Number.POSITIVE_INFINITY : soft,
    );
  });
});

test.each([
  ["is no /proc", "ENOENT", 0],
  ["is no access to /proc", "ERR_ACCESS_DENIED", 1],
])("where there %s, there is what Node itself knows, and no more", async (_, code, warnings) => {
  const warned = vi.spyOn(process, "emitWarning").mockImplementation(() => {});
  vi.spyOn(fs, "accessSync").mockImplementation(() => {
    throw Object.assign(new Error("no"), { code });
  });
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
  expect(warned).toHaveBeenCalledTimes(warnings);
});

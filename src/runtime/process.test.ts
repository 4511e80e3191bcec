import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { parseTextPage } from "../../test/text-page.ts";
import { Registry } from "../registry/registry.ts";
import { collectRuntime } from "./collect-runtime.ts";

let registry: Registry;
let stop: () => void;
beforeEach(() => {
  registry = new Registry();
  stop = collectRuntime(registry, { only: ["process"] });
});
afterEach(() => stop());

test("CPU times are the process's own, since it started", async () => {
  const before = process.cpuUsage();
  const page = parseTextPage(await registry.text());
  const after = process.cpuUsage();
  for (const mode of ["user", "system"] as const) {
    const seconds = page.value(`process_cpu_${mode}_seconds_total`)!;
    expect(seconds).toBeGreaterThanOrEqual(before[mode] / 1e6);
    expect(seconds).toBeLessThanOrEqual(after[mode] / 1e6);
  }
});

test("the CPU times of a page are of one reading: they add up", async () => {
  const usage = vi.spyOn(process, "cpuUsage");
  const page = parseTextPage(await registry.text());
  expect(usage).toHaveBeenCalledTimes(1);
  usage.mockRestore();
  expect(page.value("process_cpu_seconds_total")).toBeCloseTo(
    page.value("process_cpu_user_seconds_total")! + page.value("process_cpu_system_seconds_total")!,
    9,
  );
});

test("the start time is when the process started, and does not move", async () => {
  const started = Date.now() / 1000 - process.uptime();
  const startTime = async () =>
    parseTextPage(await registry.text()).value("process_start_time_seconds")!;
  const first = await startTime();
  expect(Math.abs(first - started)).toBeLessThan(1);
  stop();
  stop = collectRuntime(registry, { only: ["process"] });
  expect(await startTime()).toBe(first);
});

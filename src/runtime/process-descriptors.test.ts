import { closeSync, openSync, readdirSync } from "node:fs";
import { devNull } from "node:os";
import { describe, expect, test } from "vitest";
import { parseTextPage } from "../../test/text-page.ts";
import { Registry } from "../registry/registry.ts";
import { collectRuntime } from "./collect-runtime.ts";
import { countDescriptors } from "./process-descriptors.ts";

describe.runIf(process.platform === "linux")("on Linux", () => {
  async function scrape() {
    const registry = new Registry();
    const stop = collectRuntime(registry, { only: ["process"] });
    const page = parseTextPage(await registry.text());
    stop();
    return page;
  }

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

import { constants, PerformanceObserver } from "node:perf_hooks";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { parseTextPage } from "../../test/text-page.ts";
import { Registry } from "../registry/registry.ts";
import { collectRuntime } from "./index.ts";

setFlagsFromString("--expose-gc");
const collectGarbage: (options?: { type: "minor" }) => void = runInNewContext("gc");

let registry: Registry;
let stop: () => void;
beforeEach(() => {
  registry = new Registry();
});
afterEach(() => stop());

async function durations(name: "count" | "sum", kind: string): Promise<number> {
  const page = parseTextPage(await registry.text());
  return page.value(`nodejs_gc_duration_seconds_${name}`, { kind })!;
}

test("every kind is there from the start, in seconds up to 5", async () => {
  stop = collectRuntime(registry, { only: ["gc"] });
  const { samples } = parseTextPage(await registry.text());
  const buckets = samples.filter(({ name }) => name.endsWith("_bucket"));
  const bounds = ["0.001", "0.01", "0.1", "1.0", "2.0", "5.0", "+Inf"];
  expect(buckets.map(({ labels }) => `${labels.kind} ${labels.le}`).sort()).toEqual(
    ["major", "minor", "incremental", "weakcb"]
      .flatMap((kind) => bounds.map((le) => `${kind} ${le}`))
      .sort(),
  );
});

test("the bounds can be chosen", async () => {
  stop = collectRuntime(registry, { only: ["gc"], gcBuckets: [0.25] });
  const { samples } = parseTextPage(await registry.text());
  expect(new Set(samples.map(({ labels }) => labels.le))).toEqual(
    new Set(["0.25", "+Inf", undefined]),
  );
});

test("each collection is counted, though they come in batches, and lasts as long as Node says, to the nanosecond", async () => {
  const seen = { major: { count: 0, nanoseconds: 0 }, minor: { count: 0, nanoseconds: 0 } };
  let largestBatch = 0;
  stop = collectRuntime(registry, { only: ["gc"] });
  const witness = new PerformanceObserver((list) => {
    largestBatch = Math.max(largestBatch, list.getEntries().length);
    for (const { detail, duration } of list.getEntries() as unknown as GcEntry[]) {
      const kind =
        detail.kind === constants.NODE_PERFORMANCE_GC_MAJOR
          ? "major"
          : detail.kind === constants.NODE_PERFORMANCE_GC_MINOR
            ? "minor"
            : undefined;
      if (kind === undefined) continue;
      seen[kind].count += 1;
      seen[kind].nanoseconds += Math.round(duration * 1e6);
    }
  });
  witness.observe({ type: "gc" });
  for (let i = 0; i < 10; i += 1) {
    collectGarbage();
    collectGarbage({ type: "minor" });
  }
  await vi.waitFor(
    async () => {
      for (const kind of ["major", "minor"] as const) {
        const { count, nanoseconds } = seen[kind];
        expect(count).toBeGreaterThanOrEqual(10);
        expect(await durations("count", kind)).toBe(count);
        expect(await durations("sum", kind)).toBe(nanoseconds / 1e9);
      }
    },
    { timeout: 10_000 },
  );
  witness.disconnect();
  expect(largestBatch).toBeGreaterThan(1);
});

interface GcEntry {
  readonly detail: { readonly kind: number };
  readonly duration: number;
}

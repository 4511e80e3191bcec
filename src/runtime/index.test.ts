import { spawnSync } from "node:child_process";
import { monitorEventLoopDelay, PerformanceObserver } from "node:perf_hooks";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { parseTextPage, type TextPage } from "../../test/text-page.ts";
import { thrown } from "../../test/thrown.ts";
import { Registry } from "../registry/registry.ts";
import { collectRuntime } from "./index.ts";
import type { RuntimeGroup } from "./options.ts";

let registry: Registry;
beforeEach(() => {
  registry = new Registry();
});

afterEach(() => {
  vi.restoreAllMocks();
});

async function page(): Promise<TextPage> {
  return parseTextPage(await registry.text());
}

/** What dashboards rely on: name, type and label names (but the buckets' own). */
const FAMILIES: { readonly [Group in RuntimeGroup]: Readonly<Record<string, string>> } = {
  version: { nodejs_version_info: "gauge version major minor patch" },
  process: {
    process_start_time_seconds: "gauge",
    process_cpu_user_seconds_total: "counter",
    process_cpu_system_seconds_total: "counter",
    process_cpu_seconds_total: "counter",
    process_resident_memory_bytes: "gauge",
    ...(process.platform === "linux" && {
      process_virtual_memory_bytes: "gauge",
      process_heap_bytes: "gauge",
      process_open_fds: "gauge",
      process_max_fds: "gauge",
    }),
  },
  heap: {
    nodejs_heap_size_total_bytes: "gauge",
    nodejs_heap_size_used_bytes: "gauge",
    nodejs_external_memory_bytes: "gauge",
    nodejs_heap_space_size_total_bytes: "gauge space",
    nodejs_heap_space_size_used_bytes: "gauge space",
    nodejs_heap_space_size_available_bytes: "gauge space",
  },
  gc: { nodejs_gc_duration_seconds: "histogram kind" },
  "active-resources": {
    nodejs_active_resources: "gauge type",
    nodejs_active_resources_total: "gauge",
  },
  "event-loop": {
    nodejs_eventloop_lag_seconds: "gauge",
    nodejs_eventloop_lag_min_seconds: "gauge",
    nodejs_eventloop_lag_max_seconds: "gauge",
    nodejs_eventloop_lag_mean_seconds: "gauge",
    nodejs_eventloop_lag_stddev_seconds: "gauge",
    nodejs_eventloop_lag_p50_seconds: "gauge",
    nodejs_eventloop_lag_p90_seconds: "gauge",
    nodejs_eventloop_lag_p99_seconds: "gauge",
    nodejs_eventloop_utilization: "gauge",
  },
};
const GROUPS = Object.keys(FAMILIES) as RuntimeGroup[];
const ALL = Object.assign({}, ...Object.values(FAMILIES)) as Readonly<Record<string, string>>;

function described({ families }: TextPage): Record<string, string> {
  return Object.fromEntries(
    [...families].map(([name, { type, samples }]) => {
      const labels = new Set(samples.flatMap((sample) => Object.keys(sample.labels)));
      labels.delete("le");
      return [name, [type, ...labels].join(" ")];
    }),
  );
}

test("families, types and labels are those of the dashboards, and every family says what it is", async () => {
  // So that the family of active resources has a series.
  const timer = setInterval(() => {}, 60_000);
  const stop = collectRuntime(registry);
  const scraped = await page();
  stop();
  clearInterval(timer);
  expect(described(scraped)).toEqual(ALL);
  for (const { help } of scraped.families.values()) expect(help).toMatch(/^[A-Z0-9].+\.$/);
  for (const { name, value } of scraped.samples) {
    expect(value, name).toBeGreaterThanOrEqual(0);
    expect(Number.isFinite(value), name).toBe(true);
  }
});

test("two scrapes at once have the whole page each", async () => {
  const stop = collectRuntime(registry);
  const pages = await Promise.all([page(), page()]);
  stop();
  for (const { families } of pages)
    expect([...families.keys()].sort()).toEqual(Object.keys(ALL).sort());
});

describe("only", () => {
  test.each(GROUPS)("%s brings that group alone", async (group) => {
    const stop = collectRuntime(registry, { only: [group] });
    expect([...(await page()).families.keys()].sort()).toEqual(Object.keys(FAMILIES[group]).sort());
    stop();
    expect(await registry.text()).toBe("");
  });

  test("several groups come together, whatever their order and however often named", async () => {
    const stop = collectRuntime(registry, { only: ["heap", "version", "heap"] });
    const { families } = await page();
    expect(families.size).toBe(7);
    stop();
    expect(await registry.text()).toBe("");
  });

  test.each([
    [["heaps"], '"heaps"'],
    ["heap", '"heap"'],
    [[undefined], "undefined"],
  ])("%j is refused, by an error that names the groups there are", async (bad, shown) => {
    const error = thrown(() => collectRuntime(registry, { only: bad as RuntimeGroup[] }));
    expect(error.code).toBe("NARTHEX_OPTION_INVALID");
    for (const word of ["only", shown, ...GROUPS]) expect(error.message).toContain(word);
    expect(await registry.text()).toBe("");
  });
});

describe("a second call for the same registry", () => {
  test("shares the families, which stay until both have stopped", async () => {
    const first = collectRuntime(registry, { only: ["process", "version"] });
    const second = collectRuntime(registry, { only: ["version", "heap"] });
    const { families } = await page();
    for (const group of ["process", "version", "heap"] as const) {
      for (const name of Object.keys(FAMILIES[group])) expect(families.has(name), name).toBe(true);
    }
    first();
    first();
    const left = [...(await page()).families.keys()];
    expect(left).toContain("nodejs_version_info");
    expect(left).toContain("nodejs_heap_size_used_bytes");
    expect(left).not.toContain("process_cpu_seconds_total");
    second();
    expect(await registry.text()).toBe("");
  });

  test("starts no second observer, nor does one of another copy of this package", async () => {
    const observe = vi.spyOn(PerformanceObserver.prototype, "observe");
    const stops = [collectRuntime(registry, { only: ["gc"] })];
    vi.resetModules();
    const copy = await import("./index.ts");
    expect(copy.collectRuntime).not.toBe(collectRuntime);
    stops.push(copy.collectRuntime(registry, { only: ["gc"] }));
    expect(observe).toHaveBeenCalledTimes(1);
    for (const stop of stops) {
      expect((await page()).families.has("nodejs_gc_duration_seconds")).toBe(true);
      stop();
    }
    expect(await registry.text()).toBe("");
  });

  test("may leave out an option, but not change it", async () => {
    const stop = collectRuntime(registry, { gcBuckets: [0.5, 1], eventLoopPrecisionMs: 20 });
    const text = await registry.text();
    for (const options of [{ gcBuckets: [1] }, { eventLoopPrecisionMs: 10 }]) {
      const error = thrown(() => collectRuntime(registry, options));
      expect(error.code).toBe("NARTHEX_OPTION_INVALID");
      expect(error.message).toMatch(/gcBuckets .*0\.5,1|eventLoopPrecisionMs is 10.*20/);
    }
    for (const options of [{}, { gcBuckets: [0.5, 1] }]) collectRuntime(registry, options)();
    expect(Object.keys(described(await page()))).toEqual(
      Object.keys(described(parseTextPage(text))),
    );
    stop();
    expect(await registry.text()).toBe("");
    collectRuntime(registry, { gcBuckets: [1] })();
  });

  test("may ask for an option that those before left open", async () => {
    const stops = [collectRuntime(registry)];
    const families = described(await page());
    expect(() => collectRuntime(registry, { gcBuckets: [2, 1] })).toThrow();
    expect(() => collectRuntime(registry, { eventLoopPrecisionMs: 0 })).toThrow();
    expect(described(await page())).toEqual(families);
    stops.push(collectRuntime(registry, { gcBuckets: [0.5, 1], eventLoopPrecisionMs: 20 }));
    expect(Object.keys(described(await page()))).toEqual(
      expect.arrayContaining(Object.keys(families)),
    );
    expect(() => collectRuntime(registry, { gcBuckets: [1] })).toThrow("0.5,1");
    expect(() => collectRuntime(registry, { eventLoopPrecisionMs: 10 })).toThrow("20");
    for (const stop of stops) stop();
    expect(await registry.text()).toBe("");
  });

  test("after stop begins anew", async () => {
    collectRuntime(registry)();
    const stop = collectRuntime(registry);
    expect(Object.keys(described(await page()))).toEqual(expect.arrayContaining(Object.keys(ALL)));
    stop();
  });
});

test("a prefix is before all names, and labels are on all series", async () => {
  collectRuntime(registry, { prefix: "app_", labels: { pool: "main", shard: 2 } });
  await new Promise((resolve) => setTimeout(resolve, 30));
  // Without something active, nodejs_active_resources has no series.
  const timer = setTimeout(() => {}, 60_000);
  const { families } = await page();
  clearTimeout(timer);
  const plain = Object.values(FAMILIES).flatMap((group) => Object.keys(group));
  expect([...families.keys()].sort()).toEqual(plain.map((name) => `app_${name}`).sort());
  for (const { samples } of families.values()) {
    expect(samples.length).toBeGreaterThan(0);
    for (const { labels } of samples) expect(labels).toMatchObject({ pool: "main", shard: "2" });
  }
});

test("calls of other prefixes or labels have metrics of their own, and equal ones share", async () => {
  const only = ["process"] as const;
  const stops = [{}, { prefix: "a_" }, { prefix: "a_" }].map((options) =>
    collectRuntime(registry, { only, ...options }),
  );
  expect(registry.find("process_start_time_seconds")).toBeDefined();
  stops[0]!();
  stops[1]!();
  expect(registry.find("process_start_time_seconds")).toBeUndefined();
  expect(registry.find("a_process_start_time_seconds")?.samples).toHaveLength(1);
  stops[2]!();
  expect(registry.families()).toEqual([]);
});

test.each<[string, object, string]>([
  ["a prefix that is no text", { prefix: 1 }, "prefix is 1"],
  ["a label without a value", { labels: { a: undefined } }, "labels.a is undefined"],
  ["labels that are no object", { labels: "a" }, 'labels is "a"'],
  ["a label that a metric has itself", { labels: { kind: "x" } }, '"kind"'],
])("%s is refused, and leaves nothing", (_, options, shown) => {
  expect(thrown(() => collectRuntime(registry, options)).message).toContain(shown);
  expect(registry.families()).toEqual([]);
});

test("registries do not share", async () => {
  const other = new Registry();
  const stop = collectRuntime(registry, { only: ["version"] });
  const stopOther = collectRuntime(other, { only: ["version"] });
  stopOther();
  expect((await page()).families.size).toBe(1);
  expect(await other.text()).toBe("");
  stop();
});

/** Counts what takes something and what gives it back. */
function watchResources() {
  const monitor = Object.getPrototypeOf(monitorEventLoopDelay());
  return {
    taken: [
      vi.spyOn(monitor, "enable"),
      vi.spyOn(PerformanceObserver.prototype, "observe"),
    ] as const,
    released: [
      vi.spyOn(monitor, "disable"),
      vi.spyOn(PerformanceObserver.prototype, "disconnect"),
    ] as const,
  };
}

test("stop releases every monitor and observer, once", async () => {
  const { taken, released } = watchResources();
  const before = process.getActiveResourcesInfo().length;
  const stop = collectRuntime(registry);
  expect(process.getActiveResourcesInfo().length).toBeLessThanOrEqual(before);
  await registry.text();
  stop();
  stop();
  for (const [i, { mock }] of taken.entries()) {
    expect(mock.contexts.length).toBeGreaterThan(0);
    expect(new Set(released[i]!.mock.contexts)).toEqual(new Set(mock.contexts));
    expect(released[i]).toHaveBeenCalledTimes(mock.contexts.length);
  }
});

describe("where it can't start", () => {
  test("a metric of the user's with one of the names stays, and nothing else is left", async () => {
    const { taken, released } = watchResources();
    registry.gauge({ name: "nodejs_eventloop_utilization", help: "Mine." }).set(1);
    const text = await registry.text();
    expect(thrown(() => collectRuntime(registry)).code).toBe("NARTHEX_NAME_TAKEN");
    expect(await registry.text()).toBe(text);
    for (const [i, { mock }] of taken.entries()) {
      expect(mock.contexts.length).toBeGreaterThan(0);
      expect(released[i]!.mock.contexts).toHaveLength(mock.contexts.length);
    }
    registry.unregister("nodejs_eventloop_utilization");
    collectRuntime(registry)();
  });

  test.each([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, "10", null])(
    "an event loop precision of %s is refused",
    async (bad) => {
      const error = thrown(() => collectRuntime(registry, { eventLoopPrecisionMs: bad as number }));
      expect(error.code).toBe("NARTHEX_OPTION_INVALID");
      for (const word of ["eventLoopPrecisionMs", String(bad), "whole number"]) {
        expect(error.message).toContain(word);
      }
      expect(await registry.text()).toBe("");
    },
  );

  test.each([[[2, 1]], [[Number.NaN]], ["1"]])("gc buckets of %j are refused", async (bad) => {
    const error = thrown(() => collectRuntime(registry, { gcBuckets: bad as number[] }));
    expect(error.code).toBe("NARTHEX_OPTION_INVALID");
    expect(error.message).toContain("nodejs_gc_duration_seconds");
    expect(error.message).toContain("buckets");
    expect(await registry.text()).toBe("");
  });
});

test("a process that collects, and was scraped, ends by itself", () => {
  const built = (module: string) =>
    JSON.stringify(new URL(`../../dist/${module}`, import.meta.url));
  const program = `
    import { metrics } from ${built("index.js")};
    import { collectRuntime } from ${built("runtime/index.js")};
    collectRuntime(metrics, { eventLoopPrecisionMs: 1 });
    process.stdout.write(await metrics.text());
  `;
  const { status, signal, stdout, stderr } = spawnSync(
    process.execPath,
    ["--input-type=module", "--eval", program],
    { encoding: "utf8", timeout: 15_000 },
  );
  expect({ status, signal, stderr }).toEqual({ status: 0, signal: null, stderr: "" });
  expect(parseTextPage(stdout).families.has("process_cpu_seconds_total")).toBe(true);
});

test("what a library adds to Object.prototype is no option of a collector", async () => {
  Object.assign(Object.prototype, { labels: { evil: "1" }, collect: "evil" });
  try {
    const registry = new Registry();
    const stop = collectRuntime(registry, { labels: { team: "a" } });
    expect(await registry.text()).toMatch(/^process_start_time_seconds\{team="a"\} /m);
    stop();
  } finally {
    Reflect.deleteProperty(Object.prototype, "labels");
    Reflect.deleteProperty(Object.prototype, "collect");
  }
});

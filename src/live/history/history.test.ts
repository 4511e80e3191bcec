import { describe, expect, test } from "vitest";
import { PARTS } from "../../registry/parts.ts";
import { Registry } from "../../registry/registry.ts";
import { DistributionRows } from "./distribution-rows.ts";
import { History } from "./history.ts";
import { HistorySink } from "./sink.ts";

const MAX_FAMILIES = 100;

/** Takes samples of a registry, a second apart. */
function sampling(registry: Registry, historySeconds = 600, maxFamilies = MAX_FAMILIES) {
  const history = new History(historySeconds, maxFamilies);
  let now = 1_000_000;
  const sample = () => {
    const sink = new HistorySink(history, now);
    for (const instrument of PARTS.get(registry)!.families) {
      for (const _ of instrument.visit(sink) ?? []);
    }
    history.push(now);
    now += 1000;
  };
  const of = (name: string) => history.of(name, history.timeline.since(0));
  return { history, sample, of };
}

describe("numbers", () => {
  test("counters are kept as rates, each series and all together", () => {
    const registry = new Registry();
    const jobs = registry.counter({ name: "jobs", help: "Jobs.", labels: ["kind"] });
    const { sample, of } = sampling(registry);
    jobs.inc({ kind: "a" }, 100);
    sample();
    jobs.inc({ kind: "a" }, 5);
    // A series that comes later began with zero.
    jobs.inc({ kind: "b" }, 2);
    sample();
    expect(of("jobs")).toEqual({
      type: "counter",
      series: 2,
      total: [null, 7],
      tracks: [
        { labels: [["kind", "a"]], values: [null, 5] },
        { labels: [["kind", "b"]], values: [null, 2] },
      ],
    });
  });

  test("a counter that was reset has no rate at that moment, and one afterwards", () => {
    const registry = new Registry();
    const jobs = registry.counter({ name: "jobs", help: "Jobs." });
    const { sample, of } = sampling(registry);
    jobs.inc(10);
    sample();
    registry.reset();
    sample();
    jobs.inc(3);
    sample();
    expect(of("jobs")).toMatchObject({ total: [null, null, 3] });
  });

  test("gauges are kept as they are; states and quantiles, too", () => {
    const registry = new Registry();
    registry.gauge({ name: "depth", help: "Depth." }).set(4);
    registry.stateSet({ name: "mode", help: "Mode.", states: ["on", "off"] }).set("on", true);
    registry.summary({ name: "size", help: "Size.", quantiles: [0.5] }).observe(7);
    const { sample, of } = sampling(registry);
    sample();
    expect(of("depth")).toMatchObject({ total: [4] });
    expect(of("mode")).toMatchObject({
      tracks: [
        { labels: [["mode", "on"]], values: [1] },
        { labels: [["mode", "off"]], values: [0] },
      ],
    });
    expect(of("size")).toMatchObject({
      tracks: [{ labels: [["quantile", "0.5"]], values: [expect.closeTo(7, 0)] }],
    });
  });

  test("a series in the place of another has a line of its own", () => {
    const registry = new Registry();
    const depth = registry.gauge({ name: "depth", help: "Depth.", labels: ["queue"] });
    const { sample, of } = sampling(registry);
    depth.set({ queue: "a" }, 1);
    sample();
    depth.remove({ queue: "a" });
    depth.set({ queue: "b" }, 2);
    sample();
    expect(of("depth")).toMatchObject({
      tracks: [
        { labels: [["queue", "a"]], values: [1, null] },
        { labels: [["queue", "b"]], values: [null, 2] },
      ],
    });
  });
});

describe("histograms", () => {
  test("classic ones: what each bucket got since the last sample", () => {
    const registry = new Registry();
    const sizes = registry.histogram({ name: "sizes", help: "Sizes.", buckets: [1, 2] });
    const { sample, of } = sampling(registry);
    sizes.observe(1);
    sample();
    sizes.observe(1.5);
    sizes.observe(9);
    sample();
    expect(of("sizes")).toMatchObject({
      bounds: [1, 2],
      rows: [null, { seconds: 1, count: 2, sum: 10.5, buckets: [1, 1, 2, 1] }],
    });
  });

  test("native ones: in buckets of schema 3 at the finest, with zero and below as one", () => {
    const registry = new Registry();
    const native = { factor: 1.005 };
    const sizes = registry.histogram({ name: "sizes", help: "Sizes.", buckets: [], native });
    const { sample, of } = sampling(registry);
    sizes.observe(1);
    sample();
    for (const value of [4, 0, -3]) sizes.observe(value);
    sample();
    expect(of("sizes")).toMatchObject({
      rows: [null, { schema: 3, count: 3, buckets: expect.arrayContaining([16, 1, -32_768, 2]) }],
    });
  });

  test("exemplars, each once", () => {
    const registry = new Registry();
    const sizes = registry.histogram({ name: "sizes", help: "Sizes.", buckets: [1] });
    const { sample, of } = sampling(registry);
    sizes.observe(0.5, { exemplar: { trace_id: "abc" } });
    sample();
    sample();
    const { exemplars } = of("sizes") as { exemplars: unknown[] };
    expect(exemplars).toMatchObject([{ value: 0.5, labels: { trace_id: "abc" } }]);
  });
});

describe("its memory is bounded", () => {
  test("there are two resolutions: each second of two minutes, and 120 samples of all", () => {
    const registry = new Registry();
    const { history, sample } = sampling(registry);
    for (let i = 0; i < 1500; i++) sample();
    const times = history.timeline.since(0).map(({ time }) => time);
    const last = times.at(-1)!;
    expect(times).toHaveLength(120 + 96);
    expect(last - times[0]!).toBeGreaterThanOrEqual(595_000);
    expect(last - times[0]!).toBeLessThanOrEqual(600_000);
    expect(times.slice(1).every((time, i) => time > times[i]!)).toBe(true);
    expect(history.timeline.since(last - 2500).map(({ time }) => last - time)).toEqual([
      2000, 1000, 0,
    ]);
  });

  test("12 series of a family have a line, and all of them are in the sum", () => {
    const registry = new Registry();
    const depth = registry.gauge({ name: "depth", help: "Depth.", labels: ["queue"] });
    for (let i = 0; i < 500; i++) depth.set({ queue: i }, 1);
    const { sample, of } = sampling(registry);
    sample();
    const { total, tracks } = of("depth") as { total: number[]; tracks: unknown[] };
    expect([total, tracks.length]).toEqual([[500], 12]);
  });

  test("families past the limit have a history once somebody asks, in place of the one asked for longest ago", () => {
    const registry = new Registry();
    for (const name of ["a", "b", "c"]) registry.gauge({ name, help: "One." }).set(1);
    const { sample, of } = sampling(registry, 600, 2);
    sample();
    expect(of("b")).toMatchObject({ total: [1] });
    expect(of("c")).toMatchObject({ total: [null] });
    sample();
    expect(of("c")).toMatchObject({ total: [null, 1] });
    expect(of("b")).toMatchObject({ total: [1, 1] });
    expect(of("a")).toMatchObject({ total: [null, null] });
  });

  test("a clock that is set back does not disorder it", () => {
    const history = new History(600, 1);
    for (const now of [5000, 3000, 3001]) history.push(now);
    expect(history.timeline.since(0).map(({ time }) => time)).toEqual([5000, 5001, 5002]);
  });
});

describe("rows of a distribution", () => {
  const values = { seconds: 1, count: 9, sum: 4.5 };

  test("are given back as they were, also when a later one needs more room", () => {
    const rows = new DistributionRows();
    const first = { ...values, buckets: [0, 3, 2, 6] };
    const second = { ...values, buckets: Array.from({ length: 30 }, (_, i) => i + 1) };
    rows.set(0, first);
    rows.set(7, second);
    rows.set(8, first);
    rows.set(8, undefined);
    expect([0, 7, 8, 9].map((row) => rows.at(row))).toEqual([first, second, null, null]);
  });

  test("with many native buckets have a coarser schema, and as many values", () => {
    const rows = new DistributionRows();
    const buckets = Array.from({ length: 100 }, (_, i) => [i - 50, 2]).flat();
    rows.set(3, { ...values, schema: 3, buckets: [-32_768, 5, ...buckets] });
    const { schema, buckets: merged } = rows.at(3)!;
    expect(schema).toBe(1);
    expect(merged.slice(0, 2)).toEqual([-32_768, 5]);
    expect(merged.length).toBeLessThanOrEqual(64);
    const counts = merged.filter((_, i) => i % 2 === 1);
    expect(counts.reduce((sum, count) => sum + count)).toBe(205);
    // Bucket -50 of schema 3 is in bucket -12 of schema 1, and 49 in 13.
    expect([merged[2], merged.at(-2)]).toEqual([-12, 13]);
  });
});

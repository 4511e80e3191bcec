import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type RecordedCounter,
  type RecordedHistogram,
  type RecordedSeries,
  record,
} from "../../../test/recording.ts";
import { FORMATS } from "../../exposition/formats.ts";
import { PageMemory } from "../../exposition/runs/page-memory.ts";
import { recordDuration } from "../../instruments/timer.ts";
import { type MetricSource, type SampleSink, seriesHead } from "../../model/sample-sink.ts";
import { PARTS } from "../../registry/parts.ts";
import { Registry } from "../../registry/registry.ts";
import { RegionReader, type Report } from "../region/reader.ts";
import { RegionWriter } from "../region/writer.ts";
import { Fold } from "./fold.ts";
import { GroupSum } from "./group-sum.ts";

const NOW = 1_700_000_000_000;

/** What others read of the sources that write. */
function reported(write: (writer: RegionWriter) => void): Report {
  const writer = new RegionWriter(() => NOW / 1000);
  writer.begin();
  write(writer);
  const log = Buffer.from(writer.takeLog());
  const bytes = writer.report({ log: { name: "log", length: log.length } });
  return new RegionReader().read(Buffer.from(bytes), (_, from, to) => log.subarray(from, to));
}

function reportOf(registry: Registry): Report {
  return reported((writer) => {
    for (const instrument of PARTS.get(registry)!.families) {
      for (const _ of instrument.visit(writer));
    }
  });
}

/** All lines and series of a page, in any order. */
async function pageOf(registry: Registry): Promise<unknown> {
  const lines = (await registry.text()).split("\n").sort();
  const natives = registry
    .families()
    .flatMap(({ samples }) => samples)
    .filter(({ composite }) => composite !== undefined);
  return { lines, natives: natives.length };
}

async function sumPage(
  reports: readonly { readonly report: Report; readonly isAlive?: boolean }[],
): Promise<unknown> {
  const sum = new GroupSum().of(
    reports.map(({ report, isAlive = true }, i) => ({ process: String(i), isAlive, report })),
  );
  const page = new Registry({ now: () => NOW });
  page.register(sum);
  return { ...((await pageOf(page)) as object), natives: undefined };
}

function defined(registry: Registry) {
  return {
    counter: registry.counter({ name: "c", help: "C.", labels: ["a", "b"] }),
    gauge: registry.gauge({ name: "g", help: "G.", labels: ["a"] }),
    classic: registry.histogram({ name: "h", help: "H.", labels: ["a"], buckets: [1, 2, 4] }),
    native: registry.histogram({ name: "n", help: "N.", buckets: [], native: true }),
    summary: registry.summary({ name: "s", help: "S.", labels: ["a"] }),
    states: registry.stateSet({ name: "x", help: "X.", states: ["on", "off"] }),
  };
}

// Multiples of 1/8, so that one registry, which rounds each addition, is exact, too.
const value = fc.integer({ min: 0, max: 80 }).map((eighths) => eighths / 8);
const label = fc.constantFrom("", "one", "two", 'th"ree');
const update = fc.record({ value, a: label, b: label, kind: fc.integer({ min: 0, max: 7 }) });
type Update = typeof update extends fc.Arbitrary<infer T> ? T : never;

function apply(metrics: ReturnType<typeof defined>, { value, a, b, kind }: Update): void {
  if (kind === 0) metrics.counter.inc({ a, b }, value);
  if (kind === 1) metrics.gauge.inc({ a }, value);
  if (kind === 2) metrics.classic.observe({ a }, value);
  if (kind === 3) metrics.native.observe(value);
  if (kind === 4) metrics.summary.observe({ a }, value);
  if (kind === 5) metrics.states.set("on", true);
  // Whole nanoseconds, up to some months.
  if (kind === 6) recordDuration(metrics.classic.labels({ a }), value * 8 * 97_531_246_801_357);
  if (kind === 7) recordDuration(metrics.summary.labels({ a }), value * 8 * 97_531_246_801_357);
}

function registryOf(updates: readonly Update[]): Registry {
  const registry = new Registry({ now: () => NOW });
  const metrics = defined(registry);
  for (const one of updates) apply(metrics, one);
  return registry;
}

/** Pages differ in labels of empty values, which are as good as none. */
function withoutEmptyLabels(page: unknown): unknown {
  const text = JSON.stringify({ ...(page as object), natives: undefined });
  return text
    .replaceAll(/[a-z]=\\"\\",?/g, "")
    .replaceAll(",}", "}")
    .replaceAll("{}", "")
    .slice(1, -1)
    .split('","')
    .sort();
}

describe("the sum of a group", () => {
  it("has all counts of a source that supplies many series one by one", async () => {
    const values = Array.from({ length: 100 }, (_, i) => i + 1);
    const report = reported((writer) => {
      writer.family({ name: "c", help: "", type: "counter" });
      for (const value of values) writer.counter(seriesHead(["a"], [String(value)]), value);
    });
    expect([...report.rows[0]!.numbers]).toEqual(values);
  });

  it("is what one registry has that saw all updates", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(update), { minLength: 1, maxLength: 4 }), async (all) => {
        const sum = await sumPage(
          all.map((updates) => ({ report: reportOf(registryOf(updates)) })),
        );
        const one = await pageOf(registryOf(all.flat()));
        expect(withoutEmptyLabels(sum)).toEqual(withoutEmptyLabels(one));
      }),
      { numRuns: 40 },
    );
  });

  it("keeps what the dead have counted, however they were folded", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(update), { minLength: 2, maxLength: 5 }),
        fc.nat(),
        async (all, seed) => {
          const counts = all.map((updates) =>
            updates.filter(({ kind }) => [0, 2, 3, 6].includes(kind)),
          );
          const reports = counts.map((updates) => reportOf(registryOf(updates)));
          const living = reports.pop()!;
          const at = seed % (reports.length + 1);
          const once = new Fold();
          for (const report of reports.slice(0, at)) once.add(report);
          const twice = new Fold();
          twice.add(reported((writer) => once.visit(writer)));
          for (const report of reports.slice(at).reverse()) twice.add(report);
          const folded = reported((writer) => twice.visit(writer));
          const sum = await sumPage([{ report: living }, { report: folded, isAlive: false }]);
          const one = await pageOf(registryOf(counts.flat()));
          expect(withoutEmptyLabels(sum)).toEqual(withoutEmptyLabels(one));
        },
      ),
      { numRuns: 40 },
    );
  });

  it("has its own numbers while it is written, although others are asked for and written meanwhile", () => {
    const reportWith = (value: number) =>
      reported((writer) => {
        for (const name of ["a", "b"]) {
          writer.family({ name, help: "", type: "counter" });
          writer.counter(seriesHead([], []), value);
        }
      });
    const group = new GroupSum();
    const sumOf = (value: number) =>
      group.of([{ process: "", isAlive: true, report: reportWith(value) }]);
    const written = (sum: MetricSource) =>
      record(sum).map(({ series }) => (series[0]!.value as RecordedCounter).value);
    expect(written(sumOf(1))).toEqual([1, 1]);
    const begun = sumOf(2);
    const meanwhile: number[][] = [];
    const paused = {
      *visit(sink: SampleSink) {
        for (const _ of begun.visit(sink) ?? []) {
          meanwhile.push(written(sumOf(3 + meanwhile.length)));
          yield;
        }
      },
    };
    expect(written(paused)).toEqual([2, 2]);
    expect(meanwhile).toEqual([
      [3, 3],
      [4, 4],
    ]);
    expect(written(sumOf(6))).toEqual([6, 6]);
  });

  it("has the first creation of a series, and the newest exemplar of each bucket", () => {
    const first = observedBefore(NOW, [
      [0.5, "low", NOW + 1000],
      [3, "high", NOW + 4000],
    ]);
    const second = observedBefore(NOW + 500, [
      [0.7, "lower", NOW + 2000],
      [2.5, "higher", NOW + 3000],
      [9, "above", NOW + 3000],
    ]);
    for (const order of [
      [first, second],
      [second, first],
    ]) {
      const fold = new Fold();
      fold.add(order[0]!);
      const folded = reported((writer) => fold.visit(writer));
      for (const [report, isAlive] of [
        [order[0]!, true],
        [folded, false],
      ] as const) {
        const [family] = record(
          new GroupSum().of([
            { process: "", isAlive, report },
            { process: "", isAlive: true, report: order[1]! },
          ]),
        );
        const [{ created, value }] = family!.series as [RecordedSeries];
        expect(created).toBe(NOW / 1000);
        expect(
          (value as RecordedHistogram).buckets.map(([bound, count, exemplar]) => [
            ...[bound, count, exemplar?.labels.trace_id, exemplar?.value],
          ]),
        ).toEqual([
          [1, 2, "lower", 0.7],
          [2, 0, undefined, undefined],
          [4, 2, "high", 3],
          [Infinity, 1, "above", 9],
        ]);
      }
    }
  });

  it.each(["text-0.0.4", "openmetrics-1.0", "openmetrics-2.0", "protobuf"] as const)(
    "is written in runs as it is series by series, page after page: %s",
    async (format) => {
      const members = [0, 1, 2].map(() => new Registry({ now: () => NOW }));
      const group = new GroupSum();
      const memory = new PageMemory(1e7);
      for (const [page, living] of [
        [0, 1],
        [0, 1],
        [1, 2],
        [0, 1, 2],
        [0, 1, 2],
      ].entries()) {
        for (const member of living) countSome(members[member]!, page);
        const reports = living.map((member) => reportOf(members[member]!));
        const sum = group.of(
          reports.map((report, i) => ({ process: String(i), isAlive: i !== 0, report })),
        );
        const [inRuns, bySeries] = await Promise.all(
          [memory, undefined].map(async (memory) => {
            memory?.begin();
            const options = { escaping: "underscores", createdSamples: true, memory } as const;
            const sink = await FORMATS[format].open(options);
            if (memory === undefined) {
              Object.assign(sink, { numbers: undefined, histograms: undefined });
            }
            for (const _ of sum.visit(sink) ?? []);
            return Buffer.from(sink.finish()).toString("latin1");
          }),
        );
        expect(inRuns!.length).toBeGreaterThan(10_000);
        expect(inRuns).toBe(bySeries);
      }
    },
  );
});

/** A report of a histogram that was made at `createdMs`, with observations and when they were made. */
function observedBefore(
  createdMs: number,
  observations: readonly (readonly [value: number, traceId: string, ms: number])[],
): Report {
  let now = createdMs;
  const registry = new Registry({ now: () => now });
  const options = { name: "h", help: "H.", labels: ["a"], buckets: [1, 2, 4] } as const;
  const series = registry.histogram(options).labels({ a: "1" });
  for (const [value, trace_id, ms] of observations) {
    now = ms;
    series.observe(value, { exemplar: { trace_id } });
  }
  return reportOf(registry);
}

/** Counts in series that no other member has, in some that all have, and removes a few. */
function countSome(registry: Registry, seed: number): void {
  const labels = ["id", "of"] as const;
  const counter = registry.counter({ name: "c", help: "C.", labels });
  const traced = registry.counter({ name: "traced", help: "C.", labels });
  const gauge = registry.gauge({ name: "g", help: "G.", labels, aggregate: "average" });
  const histogram = registry.histogram({ name: "h", help: "H.", labels, buckets: [1, 2, 4] });
  const native = registry.histogram({ name: "n", help: "N.", labels: ["id"], native: true });
  for (let i = 0; i < 700; i += 1) {
    if ((i + seed) % 7 === 0) continue;
    const series = { id: String(i), of: i > 600 ? `${seed}` : "all" };
    counter.inc(series, i * (seed + 0.1));
    gauge.set(series, i - seed);
    histogram.observe(series, (i % 50) / 8);
    traced.inc(series, 1, i % 100 === 0 ? { exemplar: { trace_id: `${i}` } } : {});
    if (i % 50 === 0) native.observe({ id: String(i) }, i);
    if (i % 90 === 5) counter.remove(series);
  }
  registry.stateSet({ name: "x", help: "X.", states: ["on", "off"] }).set("on", seed % 2 === 0);
}

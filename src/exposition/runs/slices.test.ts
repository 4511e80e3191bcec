import { expect, test } from "vitest";
import type { SampleSink } from "../../model/sample-sink.ts";
import { Registry } from "../../registry/registry.ts";
import { FORMATS, type FormatName } from "../formats.ts";
import { PageMemory } from "./page-memory.ts";

/** What a visit may write between two pauses: copying so many bytes takes a fraction of a millisecond. */
const MOST_BYTES = 1 << 16;

/** Series whose bytes are many: of their values, of their labels, or of their native buckets. */
function metrics(size: number, labelLength: number) {
  const registry = new Registry({ strict: false });
  const options = { help: "Help.", labels: ["id"], limit: size };
  const buckets = [0.001, 0.01, 0.1, 1, 2, 3, 4, 5, 6, 7, 8];
  const states = Array.from({ length: 12 }, (_, i) => `state ${i}`);
  const all = {
    counter: registry.counter({ ...options, name: "counter" }),
    traced: registry.counter({ ...options, name: "traced" }),
    gauge: registry.gauge({ ...options, name: "gauge" }),
    histogram: registry.histogram({ ...options, name: "histogram", buckets }),
    native: registry.histogram({ ...options, name: "native", buckets: [], native: true }),
    summary: registry.summary({ ...options, name: "summary" }),
    states: registry.stateSet({ ...options, name: "states", states }),
  };
  const names = Array.from({ length: size }, (_, i) => ({
    id: `${i} ${"x".repeat(labelLength)} ${i}`,
  }));
  return {
    all,
    update(round: number) {
      names.forEach((labels, i) => {
        all.counter.inc(labels, 10 ** (round + (i % 3)));
        all.traced.inc(labels, 1, { exemplar: { trace_id: `${"x".repeat(100)}` } });
        all.gauge.set(labels, round / (i + 1));
        all.histogram.observe(labels, i / 100);
        for (let value = 1e-6; value < 1e6; value *= 1.5) all.native.observe(labels, value);
        all.summary.observe(labels, i);
        all.states.set(labels, "state 0", true);
      });
    },
  };
}

const PAGES = Object.keys(FORMATS) as FormatName[];

/** How many bytes each metric writes between two pauses at most, by metric and format. */
async function mostBytes(size: number, labelLength: number, memory: PageMemory) {
  const { all, update } = metrics(size, labelLength);
  const most = new Map<string, number>();
  // Lines are kept of the second page, and copied to the third.
  for (let round = 0; round < 3; round += 1) {
    update(round);
    for (const format of PAGES) {
      memory.begin();
      const sink = await FORMATS[format].open({ escaping: "underscores", memory });
      for (const [name, metric] of Object.entries(all)) {
        const key = `${name} in ${format}`;
        const source = metric as unknown as { visit(sink: SampleSink): Iterable<void> };
        let before = sink.length;
        for (const _ of source.visit(sink)) {
          most.set(key, Math.max(most.get(key) ?? 0, sink.length - before));
          before = sink.length;
        }
      }
    }
  }
  return most;
}

test.each([
  { size: 400, labelLength: 10, areKept: true },
  // So many bytes would not be copied at once, and are not kept.
  { size: 130, labelLength: 1000, areKept: false },
])(
  "a visit of $size series with labels of $labelLength characters writes few bytes at once",
  async (one) => {
    const memory = new PageMemory(1e9);
    const most = await mostBytes(one.size, one.labelLength, memory);
    expect(most.size).toBe(7 * PAGES.length);
    expect([...most].filter(([, bytes]) => bytes > MOST_BYTES)).toEqual([]);
    expect(memory.used > 0).toBe(one.areKept);
  },
);

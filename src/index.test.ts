import { describe, expect, expectTypeOf, test } from "vitest";
import {
  type Counter,
  type CounterSeries,
  type ErrorCode,
  type Gauge,
  type GaugeSeries,
  type Histogram,
  type HistogramSeries,
  type LabelledHistogram,
  type Labels,
  metrics,
  NarthexError,
  Registry,
  type StopTimer,
  type WorkEnd,
} from "./index.ts";

// tsc checks this file: a line under @ts-expect-error must not compile, and all others must.

const registry = new Registry();
const plain = {
  counter: registry.counter({ name: "plain_counter", help: "" }),
  gauge: registry.gauge({ name: "plain_gauge", help: "" }),
  histogram: registry.histogram({ name: "plain_histogram", help: "" }),
};
const labels = ["method", "code"] as const;
const labelled = {
  counter: registry.counter({ name: "labelled_counter", help: "", labels }),
  gauge: registry.gauge({ name: "labelled_gauge", help: "", labels: ["method", "code"] }),
  histogram: registry.histogram({ name: "labelled_histogram", help: "", labels }),
};

test("a metric's type says which labels it has", () => {
  expectTypeOf(plain.counter).toEqualTypeOf<Counter>();
  expectTypeOf(plain.gauge).toEqualTypeOf<Gauge>();
  expectTypeOf(plain.histogram).toEqualTypeOf<Histogram>();
  expectTypeOf(labelled.counter).toEqualTypeOf<Counter<"method" | "code">>();
  expectTypeOf(labelled.gauge).toEqualTypeOf<Gauge<"method" | "code">>();
  expectTypeOf(labelled.histogram).toEqualTypeOf<Histogram<"method" | "code">>();
  expectTypeOf(registry.counter({ name: "none", help: "", labels: [] })).toEqualTypeOf<Counter>();
  const dynamic: string[] = ["a"];
  const counter = registry.counter({ name: "dynamic", help: "", labels: dynamic });
  expectTypeOf(counter).toEqualTypeOf<Counter<string>>();
  counter.inc({ a: "x" });
});

test("a metric goes where its type, or the type of its series, is expected", () => {
  const define = new Registry();
  const counter: Counter = define.counter({ name: "c", help: "" });
  const series: CounterSeries = define.counter({ name: "c", help: "" });
  const gauge: GaugeSeries = define.gauge({ name: "g", help: "" });
  const histogram: HistogramSeries = define.histogram({ name: "h", help: "" });
  const byMethod: Counter<"method"> = define.counter({ name: "m", help: "", labels: ["method"] });
  const fields: { queue: Gauge<"queue"> } = {
    queue: define.gauge({ name: "q", help: "", labels: ["queue"] }),
  };
  expect([counter, gauge, histogram, byMethod, fields.queue]).not.toContain(undefined);
  expect(series).toBe(counter);
});

test("right uses compile", async () => {
  const set = { method: "GET", code: 200 };
  const boolean = { code: true, method: "GET" } as const;
  plain.counter.inc();
  plain.counter.inc(2);
  labelled.counter.inc(set);
  labelled.counter.inc(boolean, 2);
  plain.gauge.set(1);
  plain.gauge.dec();
  labelled.gauge.set(set, 1);
  labelled.gauge.inc(set);
  labelled.gauge.dec(boolean, 2);
  plain.histogram.observe(1);
  labelled.histogram.observe(set, 1);
  expectTypeOf(labelled.counter.labels(set)).toEqualTypeOf<CounterSeries>();
  expectTypeOf(labelled.gauge.labels(set)).toEqualTypeOf<GaugeSeries>();
  expectTypeOf(labelled.histogram.labels(set)).toEqualTypeOf<HistogramSeries>();
  expectTypeOf(plain.counter.labels()).toEqualTypeOf<CounterSeries>();
  expectTypeOf(plain.counter.labels({})).toEqualTypeOf<CounterSeries>();
  expectTypeOf(labelled.counter.remove(set)).toEqualTypeOf<boolean>();
  expectTypeOf(plain.histogram.startTimer()()).toEqualTypeOf<number>();
  expectTypeOf(plain.histogram.time(() => "sync")).toEqualTypeOf<string>();
  expectTypeOf(labelled.histogram.time(set, async () => 5)).toEqualTypeOf<Promise<number>>();
  const end = labelled.histogram.startTimer({ method: "GET" });
  expectTypeOf(end({ code: 200 })).toEqualTypeOf<number>();
  expectTypeOf(labelled.histogram.startTimer(set)).toEqualTypeOf<StopTimer>();
  expectTypeOf(labelled.gauge.startTimer()(set)).toEqualTypeOf<number>();
  const timed = labelled.histogram.time(
    { method: "GET" },
    async () => 5,
    (end) => {
      expectTypeOf(end).toEqualTypeOf<WorkEnd<number>>();
      return { code: "error" in end ? 500 : end.value };
    },
  );
  expectTypeOf(timed).toEqualTypeOf<Promise<number>>();
  expectTypeOf(plain.gauge.track(() => "sync")).toEqualTypeOf<string>();
  expectTypeOf(labelled.counter.countErrors(set, async () => 5)).toEqualTypeOf<Promise<number>>();
  plain.gauge.setToNow();
  labelled.gauge.setToNow(set);
  const dynamic = registry.histogram({
    name: "by_any_label",
    help: "",
    labels: labels as readonly string[],
  });
  expectTypeOf(dynamic.startTimer(set)()).toEqualTypeOf<number>();
  expectTypeOf(dynamic.startTimer()(set)).toEqualTypeOf<number>();
  expectTypeOf(timeAnything(labelled.histogram, set)).toEqualTypeOf<number>();
  const { contentType, body } = await registry.expose({ accept: undefined, names: ["a"] });
  expectTypeOf(contentType).toEqualTypeOf<string>();
  expectTypeOf(body).toExtend<Uint8Array>();
  expectTypeOf(metrics).toEqualTypeOf<Registry>();
});

/** Timers can be used where label names are not known. */
function timeAnything<L extends string>(metric: LabelledHistogram<L>, set: Labels<L>): number {
  metric.time(set, () => {});
  return metric.startTimer(set)();
}

test("only a timer that has all labels can end with its scope", () => {
  using _whole = labelled.histogram.startTimer({ method: "GET", code: 1 });
  const lacking = labelled.histogram.startTimer({ method: "GET" });
  // @ts-expect-error: the label code is still missing
  const disposable: Disposable = lacking;
  expect(() => disposable[Symbol.dispose]()).toThrow('add "code"');
});

test("errors carry a code that a program can switch on", () => {
  const error = new NarthexError("NARTHEX_NAME_TAKEN", "message");
  expectTypeOf(error.code).toEqualTypeOf<ErrorCode>();
  expect(error).toBeInstanceOf(Error);
  expect(error).toMatchObject({ name: "NarthexError", message: "message" });
});

describe("what does not compile is refused at run time, too", () => {
  const work = () => 1;
  const cases: [string, () => unknown][] = [
    // @ts-expect-error: an unknown label
    ["an unknown label", () => labelled.counter.inc({ methd: "GET", code: 200 })],
    // @ts-expect-error: a label too few
    ["a missing label", () => labelled.counter.inc({ method: "GET" })],
    // @ts-expect-error: a label too many
    ["one more label", () => labelled.counter.inc({ method: "GET", code: 200, path: "/" })],
    // @ts-expect-error: labels must be given
    ["no labels", () => labelled.counter.inc()],
    // @ts-expect-error: labels come first
    ["a value in the labels' place", () => labelled.counter.inc(5)],
    // @ts-expect-error: labels come first
    ["a gauge's value in the labels' place", () => labelled.gauge.set(5)],
    // @ts-expect-error: a value must be given
    ["no value", () => labelled.gauge.set({ method: "GET", code: 200 })],
    // @ts-expect-error: a value must be given
    ["no observation", () => plain.histogram.observe()],
    // @ts-expect-error: labels on a metric without labels
    ["labels on a counter without", () => plain.counter.inc({ method: "GET" })],
    // @ts-expect-error: labels on a metric without labels
    ["labels on a gauge without", () => plain.gauge.set({ method: "GET" }, 1)],
    // @ts-expect-error: labels on a metric without labels
    ["labels on a histogram without", () => plain.histogram.observe({ method: "GET" }, 1)],
    // @ts-expect-error: labels on a metric without labels
    ["labels for a series without", () => plain.counter.labels({ method: "GET" })],
    // @ts-expect-error: a value that is no number
    ["a text for a number", () => plain.counter.inc("5")],
    // @ts-expect-error: a value that is no number
    ["a bigint for a number", () => plain.histogram.observe(5n)],
    // @ts-expect-error: a label value that is none
    ["undefined for a label", () => labelled.counter.inc({ method: undefined, code: 1 })],
    // @ts-expect-error: a label value that is none
    ["null for a label", () => labelled.counter.labels({ method: null, code: 1 })],
    // @ts-expect-error: a label value that is none
    ["an array for a label", () => labelled.histogram.observe({ method: ["GET"], code: 1 }, 1)],
    // @ts-expect-error: labels that do not fit
    ["labels of nothing to remove", () => labelled.gauge.remove({ method: "GET" })],
    // @ts-expect-error: an unknown label at the start of a timer
    ["an unknown label for a timer", () => labelled.histogram.startTimer({ methd: "GET" })],
    // @ts-expect-error: a label value that is none
    ["null for a timer's label", () => labelled.histogram.startTimer({ method: null })],
    // @ts-expect-error: the end of a timer lacks a label
    ["a timer's end without labels", () => labelled.histogram.startTimer()()],
    [
      "an unknown label at the end of a timer",
      // @ts-expect-error: an unknown label
      () => labelled.gauge.startTimer({ method: "GET" })({ cod: 1 }),
    ],
    // @ts-expect-error: a label too few
    ["timed work without a label", () => labelled.histogram.time({ method: "GET" }, work)],
    [
      "timed work whose end lacks a label",
      // @ts-expect-error: a label too few
      () => labelled.histogram.time({ method: "GET" }, work, () => ({})),
    ],
    [
      "timed work with an unknown label",
      // @ts-expect-error: an unknown label
      () => labelled.histogram.time({ methd: "GET" }, work, () => ({ code: 1 })),
    ],
    // @ts-expect-error: labels must be given
    ["work tracked without labels", () => labelled.gauge.track({}, () => 1)],
    // @ts-expect-error: labels must be given
    ["errors without labels", () => labelled.counter.countErrors({}, () => 1)],
    // @ts-expect-error: labels must be given
    ["the time without labels", () => labelled.gauge.setToNow()],
    // @ts-expect-error: help must be given
    ["no help", () => registry.counter({ name: "x" })],
    // @ts-expect-error: name must be given
    ["no name", () => registry.gauge({ help: "" })],
    // @ts-expect-error: labels are an array
    ["labels in one text", () => registry.gauge({ name: "x", help: "", labels: "a" })],
    // @ts-expect-error: buckets are numbers
    ["buckets of text", () => registry.histogram({ name: "x", help: "", buckets: ["1"] })],
    [
      "initial label sets that do not fit",
      // @ts-expect-error: labels that do not fit
      () => registry.counter({ name: "x", help: "", labels: ["a"], initial: [{ b: 1 }] }),
    ],
    [
      "initial label sets that lack a label",
      // @ts-expect-error: labels that do not fit
      () => registry.counter({ name: "x", help: "", labels: ["a", "b"], initial: [{ a: 1 }] }),
    ],
    [
      "initial label sets of a metric without labels",
      // @ts-expect-error: labels of a metric that has none
      () => registry.counter({ name: "x", help: "", initial: [{ a: 1 }] }),
    ],
  ];

  test.each(cases)("%s", (_, use) => {
    expect(use).toThrow(NarthexError);
  });
});

test("what a type does not have does not compile", () => {
  const options = { name: "without", help: "" };
  // @ts-expect-error: a counter has no buckets
  expect(() => registry.counter({ ...options, buckets: [1] })).toThrow('"buckets"');
  // @ts-expect-error: a histogram has no callback
  expect(() => registry.histogram({ ...options, collect: () => 5 })).toThrow('"collect"');
  // @ts-expect-error: a counter does not go down
  expect(plain.counter.dec).toBeUndefined();
  // @ts-expect-error: a counter is not set
  expect(plain.counter.set).toBeUndefined();
});

test("collect callbacks give what fits the metric's labels", () => {
  const name = "collected";
  const options = { name, help: "" };
  const define = new Registry();
  define.gauge({ ...options, collect: () => 5 });
  define.gauge({ ...options, collect: async ({ signal }) => (signal.aborted ? 0 : 5) });
  define.gauge({ ...options, collect: () => {} });
  define.gauge({ ...options, collect: async () => {} });
  const labels = ["queue"] as const;
  const other = { name: "collected_by_label", help: "", labels };
  define.gauge({ ...other, collect: () => [[{ queue: "a" }, 5]] });
  define.gauge({ ...other, collect: async () => new Map([[{ queue: "a" }, 5]]) });
  define.gauge({ ...other, collect: () => {} });
  define.counter({
    name: "collected_by_generator",
    help: "",
    labels: ["queue"],
    *collect() {
      yield [{ queue: "a" }, 5] as const;
    },
  });
  // @ts-expect-error: a metric without labels takes a number
  define.gauge({ ...options, collect: () => "5" });
  // @ts-expect-error: a metric without labels takes a number
  define.gauge({ ...options, collect: () => [[{ queue: "a" }, 5]] });
  // @ts-expect-error: a metric with labels takes pairs
  define.gauge({ ...other, collect: () => 5 });
  // @ts-expect-error: a metric with labels takes pairs with its own labels
  define.gauge({ ...other, collect: () => [[{ topic: "a" }, 5]] });
  // @ts-expect-error: a metric with labels takes pairs with numbers
  define.gauge({ ...other, collect: async () => [[{ queue: "a" }, "5"]] });
});

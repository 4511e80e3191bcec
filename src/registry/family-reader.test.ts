import fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import { anyFamilies } from "../../test/any-families.ts";
import { addEveryType } from "../../test/every-type.ts";
import { play } from "../../test/recording.ts";
import { OpenMetrics1Sink } from "../exposition/lines/openmetrics-1.ts";
import { OpenMetrics2Sink } from "../exposition/lines/openmetrics-2.ts";
import { parse } from "../exposition/parse/parse.ts";
import type { PageSink } from "../exposition/render.ts";
import type { MetricFamily, MetricSample } from "../model/metric-family.ts";
import { type MetricSource, seriesHead } from "../model/sample-sink.ts";
import { readFamilies } from "./family-reader.ts";
import { Registry } from "./registry.ts";

const OPENMETRICS_1 = "application/openmetrics-text; version=1.0.0";
const OPENMETRICS_2 = "application/openmetrics-text; version=2.0.0-rc0";

function parsed(source: MetricSource, page: PageSink, contentType: string) {
  for (const _ of source.visit(page) ?? []);
  return parse(page.finish(), { contentType }).families;
}

/** What OpenMetrics 1.0 tells of a family without samples `_created`. */
function inLines({ samples, definition: _, ...family }: MetricFamily) {
  const kept = ({ name, labels, value, timestamp, exemplars }: MetricSample) => ({
    name,
    labels,
    value,
    timestamp,
    exemplars: name.endsWith("_count") ? [] : exemplars,
  });
  return { ...family, samples: samples.map(kept) };
}

/** What OpenMetrics 2.0 tells: one sample for each histogram and summary. */
function inWholes({ samples, ...family }: MetricFamily) {
  const isOfParts = ["histogram", "gaugehistogram", "summary"].includes(family.type);
  const wholes = isOfParts ? samples.filter(({ composite }) => composite !== undefined) : samples;
  const kept = ({ labels, value, composite, created, timestamp }: MetricSample) => ({
    labels,
    value,
    composite,
    created,
    timestamp,
  });
  return { ...family, samples: wholes.map(kept) };
}

describe("what is read of any source", () => {
  const families = anyFamilies().map((all) => all.filter(({ bare }) => !bare));

  test("is what the parser reads of its page of OpenMetrics 1.0", () => {
    fc.assert(
      fc.property(families, (all) => {
        const page = new OpenMetrics1Sink({ escaping: "allow-utf-8" });
        const wanted = parsed(play(all), page, OPENMETRICS_1);
        expect(readFamilies([play(all)]).map(inLines)).toEqual(wanted.map(inLines));
      }),
    );
  });

  test("is what the parser reads of its page of OpenMetrics 2.0", () => {
    fc.assert(
      fc.property(families, (all) => {
        const page = new OpenMetrics2Sink({ escaping: "allow-utf-8" });
        const wanted = parsed(play(all), page, OPENMETRICS_2);
        expect(readFamilies([play(all)]).map(inWholes)).toEqual(wanted.map(inWholes));
      }),
    );
  });
});

test("a registry's families are those of its page, but for registered sources", async () => {
  const registry = new Registry({ labels: { service: "kitchen" } });
  addEveryType(registry);
  const read = registry.families().map(inLines);
  const page = parse((await registry.expose({ accept: OPENMETRICS_1 })).body, {
    contentType: OPENMETRICS_1,
  });
  const foreign = ["kitchen_queue_size", "kitchen_rumour"];
  expect(read).toEqual(page.families.filter(({ name }) => !foreign.includes(name)).map(inLines));
});

test("native buckets and their exemplars are on the sample _count", () => {
  const registry = new Registry({ now: () => 1e12 });
  const wait = registry.histogram({ name: "wait", help: "", buckets: [], native: { factor: 2 } });
  wait.observe(3, { exemplar: { trace_id: "a" } });
  wait.observe(Number.NaN);
  expect(registry.find("wait")?.samples).toEqual([
    expect.objectContaining({ name: "wait_bucket", labels: { le: "+Inf" }, value: 2 }),
    expect.objectContaining({ name: "wait_sum", value: Number.NaN }),
    {
      name: "wait_count",
      labels: {},
      value: 2,
      timestamp: Number.NaN,
      created: 1e9,
      exemplars: [{ labels: { trace_id: "a" }, value: 3, timestamp: 1e9 }],
      composite: {
        type: "histogram",
        count: 2,
        sum: Number.NaN,
        buckets: [],
        native: {
          schema: 0,
          zeroThreshold: 2 ** -128,
          zeroCount: 0,
          negative: { spans: [], counts: [] },
          positive: { spans: [{ offset: 2, length: 1 }], counts: [1] },
        },
      },
    },
  ]);
});

describe("finding a family", () => {
  const registry = new Registry();
  registry.counter({ name: "orders", help: "Orders.", labels: ["plan"] }).inc({ plan: "free" }, 3);
  registry.histogram({ name: "wait_seconds", help: "", unit: "seconds" });
  registry.gauge({ name: "a.b", help: "", utf8: true });

  test.each(["orders", "orders_total", "orders_created"])("%s finds the counter", (name) => {
    const { samples, ...family } = registry.find(name)!;
    expect(family).toStrictEqual({
      name: "orders",
      help: "Orders.",
      type: "counter",
      definition: { labelNames: ["plan"], buckets: [], isNative: false },
    });
    expect(samples[0]?.labels).toStrictEqual({ plan: "free" });
    expect(samples.map(({ name, value }) => [name, value])).toEqual([["orders_total", 3]]);
  });

  test.each([
    ["wait_seconds_bucket", "wait_seconds"],
    ["a.b", "a.b"],
    ["a_b", "a.b"],
  ])("%s finds %s", (name, found) => expect(registry.find(name)?.name).toBe(found));

  test.each(["order", "", "wait", "toString", undefined])("%s finds none", (name) =>
    expect(registry.find(name as string)).toBeUndefined(),
  );

  test("finds what the registry counts of its own troubles once there is something", () => {
    vi.spyOn(process, "emitWarning").mockImplementation(() => {});
    const name = "narthex_overflow_updates_total";
    const registry = new Registry();
    const limited = registry.counter({ name: "limited", help: "", labels: ["id"], limit: 1 });
    limited.inc({ id: "a" });
    expect(registry.find(name)).toBeUndefined();
    limited.inc({ id: "b" });
    expect(registry.find(name)?.samples[0]?.value).toBe(1);
    expect(registry.families().map(({ name }) => `${name}_total`)).toEqual(["limited_total", name]);
  });
});

test("what was read does not change any more, and nobody is called", () => {
  const registry = new Registry();
  const collect = vi.fn(() => 5);
  registry.gauge({ name: "read", help: "", collect });
  const source = { collect, visit: vi.fn() };
  registry.register(source);
  const orders = registry.counter({ name: "orders", help: "" });
  const wait = registry.histogram({ name: "wait", help: "", native: true });
  wait.observe(1);
  const before = registry.families();
  const copy = structuredClone(before);
  orders.inc();
  wait.observe(1);
  wait.observe(70);
  expect(before).toEqual(copy);
  expect(collect).not.toHaveBeenCalled();
  expect(source.visit).not.toHaveBeenCalled();
});

test("labels that objects have by themselves are labels like others", () => {
  const head = seriesHead(["__proto__", "constructor"], ["a", "b"]);
  const [family] = readFamilies([
    {
      visit(sink) {
        sink.family({ name: "x", help: "", type: "gauge" });
        sink.gauge(head, 1);
      },
    },
  ]);
  expect(Object.entries(family!.samples[0]!.labels)).toEqual([
    ["__proto__", "a"],
    ["constructor", "b"],
  ]);
});

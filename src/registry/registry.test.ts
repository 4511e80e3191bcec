import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { parseTextPage, type TextPage } from "../../test/text-page.ts";
import { thrown } from "../../test/thrown.ts";
import { type ExposeOptions, type MetricSource, NarthexError } from "../index.ts";
import { Registry } from "./registry.ts";

let registry: Registry;
beforeEach(() => {
  registry = new Registry();
});
afterEach(() => {
  vi.restoreAllMocks();
});

async function page(options?: ExposeOptions): Promise<TextPage> {
  const { body } = await registry.expose(options);
  return parseTextPage(new TextDecoder().decode(body));
}

async function families(options?: ExposeOptions): Promise<string[]> {
  return [...(await page(options)).families.keys()].sort();
}

/** Does what may be refused, with an error of this package, but must not do harm where it is not. */
function unlessRefused(work: () => void): void {
  try {
    work();
  } catch (error) {
    expect(error).toBeInstanceOf(NarthexError);
  }
}

describe("the same definition", () => {
  test("gives the same family, of every type", () => {
    const options = () => ({ name: "x", help: "X.", labels: ["a", "b"] as const, limit: 5 });
    const buckets = [1, 2];
    for (const define of [
      () => registry.counter({ ...options(), name: "c" }),
      () => registry.gauge({ ...options(), name: "g" }),
      () => registry.histogram({ ...options(), name: "h", buckets: [...buckets] }),
      () => registry.gauge({ name: "g_seconds", help: "", unit: "seconds" }),
      () => registry.histogram({ name: "default_buckets", help: "" }),
    ]) {
      expect(define()).toBe(define());
    }
  });

  test("keeps what was counted", async () => {
    registry.counter({ name: "c", help: "" }).inc(3);
    registry.counter({ name: "c", help: "" }).inc(4);
    expect((await page()).value("c_total")).toBe(7);
  });

  test("does not change the collect callback if its initial label sets are wrong", async () => {
    const define = (value: number, initial: readonly { a: string }[]) =>
      registry.gauge({
        name: "g",
        help: "",
        labels: ["a"],
        collect: () => [[{ a: "x" }, value]] as const,
        initial,
      });
    define(1, []);
    const wrong = [{ b: "y" }] as unknown as { a: string }[];
    expect(thrown(() => define(2, wrong)).code).toBe("NARTHEX_LABELS_MISMATCH");
    expect((await page()).value("g", { a: "x" })).toBe(1);
    define(3, []);
    expect((await page()).value("g", { a: "x" })).toBe(3);
  });

  test("brings its own initial label sets", async () => {
    const define = (a: string) =>
      registry.counter({ name: "c", help: "", labels: ["a"], initial: [{ a }] });
    define("x").inc({ a: "x" });
    define("y");
    const { value } = await page();
    expect([value("c_total", { a: "x" }), value("c_total", { a: "y" })]).toEqual([1, 0]);
  });
});

describe("another definition of the same name throws and shows the difference", () => {
  test.each<[string, () => unknown, string, string]>([
    [
      "type",
      () => registry.gauge({ name: "m", help: "One.", labels: ["a"] }),
      "histogram",
      "gauge",
    ],
    ["help", () => registry.histogram({ name: "m", help: "Two.", labels: ["a"] }), "One.", "Two."],
    ["labels", () => registry.histogram({ name: "m", help: "One.", labels: ["b"] }), '"a"', '"b"'],
    [
      "limit",
      () => registry.histogram({ name: "m", help: "One.", labels: ["a"], limit: 77 }),
      "10000",
      "77",
    ],
    [
      "no limit",
      () =>
        registry.histogram({
          name: "m",
          help: "One.",
          labels: ["a"],
          limit: Number.POSITIVE_INFINITY,
        }),
      "10000",
      "Infinity",
    ],
    [
      "expiry",
      () => registry.histogram({ name: "m", help: "One.", labels: ["a"], expireAfterSeconds: 99 }),
      "none",
      "99",
    ],
    [
      "buckets",
      () => registry.histogram({ name: "m", help: "One.", labels: ["a"], buckets: [3.25] }),
      "0.005",
      "3.25",
    ],
  ])("%s", async (_, define, registered, wanted) => {
    const existing = registry.histogram({ name: "m", help: "One.", labels: ["a"] });
    existing.observe({ a: "x" }, 1);
    const error = thrown(define);
    expect(error.code).toBe("NARTHEX_NAME_TAKEN");
    expect(error.message).toContain('"m"');
    expect(error.message).toContain(registered);
    expect(error.message).toContain(wanted);
    expect((await page()).value("m_count", { a: "x" })).toBe(1);
  });
});

describe("names of samples that another family exposes", () => {
  test.each<[string, (registry: Registry) => unknown, (registry: Registry) => unknown, string]>([
    [
      "a gauge like a counter's total",
      (r) => r.counter({ name: "x", help: "" }),
      (r) => r.gauge({ name: "x_total", help: "" }),
      "x_total",
    ],
    [
      "a counter whose total is a gauge",
      (r) => r.gauge({ name: "x_total", help: "" }),
      (r) => r.counter({ name: "x", help: "" }),
      "x_total",
    ],
    [
      "a gauge like a histogram's count",
      (r) => r.histogram({ name: "x", help: "" }),
      (r) => r.gauge({ name: "x_count", help: "" }),
      "x_count",
    ],
    [
      "a histogram whose bucket is a gauge",
      (r) => r.gauge({ name: "x_bucket", help: "" }),
      (r) => r.histogram({ name: "x", help: "" }),
      "x_bucket",
    ],
    [
      "a counter like a histogram's sum",
      (r) => r.histogram({ name: "x", help: "" }),
      (r) => r.counter({ name: "x_sum", help: "" }),
      "x_sum",
    ],
  ])("%s", (_, first, second, sample) => {
    first(registry);
    const error = thrown(() => second(registry));
    expect(error.code).toBe("NARTHEX_NAME_TAKEN");
    expect(error.message).toContain(sample);
    expect(error.message).toContain('"x"');
  });

  test("are free again when that family has gone", () => {
    registry.histogram({ name: "x", help: "" });
    registry.unregister("x");
    registry.gauge({ name: "x_count", help: "" });
  });

  test.each([
    ["a.b", "a_b"],
    ["a.b", "a-b"],
    ["é", "_"],
  ])("%s and %s look the same on a text page: it never carries both", async (...names) => {
    for (const name of names) unlessRefused(() => registry.gauge({ name, help: "", utf8: true }));
    expect((await page()).families.size).toBeGreaterThan(0);
  });
});

describe("options", () => {
  const CASES: [string, object, string, string][] = [
    ["an empty name", { name: "" }, "NARTHEX_NAME_INVALID", '""'],
    ["a name that is no text", { name: 5 }, "NARTHEX_NAME_INVALID", "5"],
    ["a name with a lone surrogate", { name: "a\ud800" }, "NARTHEX_NAME_INVALID", "ud800"],
    ["no help", { help: undefined }, "NARTHEX_OPTION_INVALID", "help is undefined"],
    ["help that is no text", { help: 5 }, "NARTHEX_OPTION_INVALID", "help is 5"],
    ["labels that are a text", { labels: "ab" }, "NARTHEX_OPTION_INVALID", 'labels is "ab"'],
    ["labels that are null", { labels: null }, "NARTHEX_OPTION_INVALID", "labels is null"],
    ["an empty label", { labels: [""] }, "NARTHEX_LABEL_NAME_INVALID", '""'],
    ["a label that is no text", { labels: [5] }, "NARTHEX_LABEL_NAME_INVALID", "5"],
    ["a reserved label", { labels: ["__name__"] }, "NARTHEX_LABEL_NAME_INVALID", '"__name__"'],
    ["a label twice", { labels: ["a", "b", "a"] }, "NARTHEX_LABEL_NAME_INVALID", '"a"'],
    ["a limit of 0", { limit: 0 }, "NARTHEX_OPTION_INVALID", "limit is 0"],
    ["a limit of 1.5", { limit: 1.5 }, "NARTHEX_OPTION_INVALID", "limit is 1.5"],
    ["a limit of NaN", { limit: Number.NaN }, "NARTHEX_OPTION_INVALID", "limit is NaN"],
    ["a limit that is a text", { limit: "9" }, "NARTHEX_OPTION_INVALID", 'limit is "9"'],
    [
      "an expiry of 0",
      { expireAfterSeconds: 0 },
      "NARTHEX_OPTION_INVALID",
      "expireAfterSeconds is 0",
    ],
    [
      "an expiry of NaN",
      { expireAfterSeconds: Number.NaN },
      "NARTHEX_OPTION_INVALID",
      "expireAfterSeconds is NaN",
    ],
    ["a unit the name does not end in", { unit: "bytes" }, "NARTHEX_OPTION_INVALID", '"bytes"'],
    ["a unit with a space", { unit: "a b" }, "NARTHEX_OPTION_INVALID", '"a b"'],
    ["initial that is no array", { initial: {} }, "NARTHEX_OPTION_INVALID", "initial"],
    ["initial labels that do not fit", { initial: [{ b: 1 }] }, "NARTHEX_LABELS_MISMATCH", '"b"'],
    [
      "an initial label value that is none",
      { labels: ["a"], initial: [{ a: "x" }, { a: null }] },
      "NARTHEX_LABEL_VALUE_INVALID",
      "null",
    ],
  ];

  describe.each(["counter", "gauge", "histogram"] as const)("of a %s", (type) => {
    test.each(CASES)("%s: refused, and nothing is registered", async (_, options, code, shown) => {
      const define = registry[type].bind(registry) as (options: unknown) => unknown;
      const error = thrown(() => define({ name: "m", help: "", ...options }));
      expect(error.code).toBe(code);
      expect(error.message).toContain(shown);
      expect(await registry.text()).toBe("");
      define({ name: "m", help: "" });
    });
  });

  test("arrays that the caller changes later have no effect", async () => {
    const labels: string[] = ["a"];
    const counter = registry.counter({ name: "c", help: "", labels });
    labels[0] = "b";
    labels.push("c");
    counter.inc({ a: "x" });
    expect((await page()).value("c_total", { a: "x" })).toBe(1);
  });
});

describe("unregister", () => {
  test("takes a family off the page and frees its name", async () => {
    const counter = registry.counter({ name: "c", help: "", labels: ["a"] });
    const held = counter.labels({ a: "x" });
    expect(registry.unregister("c")).toBe(true);
    expect(registry.unregister("c")).toBe(false);
    registry.gauge({ name: "c", help: "Another." }).set(5);
    held.inc();
    counter.inc({ a: "y" });
    const { samples, value } = await page();
    expect(value("c")).toBe(5);
    expect(samples).toHaveLength(1);
  });

  test("leaves the others alone", async () => {
    for (const name of ["a", "b"]) registry.gauge({ name, help: "" });
    registry.unregister("a");
    expect(await families()).toEqual(["b"]);
  });
});

describe("the names filter", () => {
  const custom: MetricSource = {
    visit(sink) {
      sink.family({ name: "custom", help: "", type: "gauge" });
      const head = { labelNames: [], labelValues: [], created: Number.NaN, timestamp: Number.NaN };
      sink.gauge({ ...head, slot: 0, tenancy: 0 }, 5);
    },
  };

  beforeEach(() => {
    registry.counter({ name: "c", help: "" });
    registry.gauge({ name: "g", help: "" });
    registry.histogram({ name: "h", help: "" });
  });

  test.each<[string[], string[]]>([
    [["c"], ["c_total"]],
    [["c_total"], ["c_total"]],
    [
      ["h_bucket", "g"],
      ["g", "h"],
    ],
    [["h_count", "h_sum"], ["h"]],
    [["nothing"], []],
    [[], []],
  ])("%j leaves %j", async (names, left) => {
    expect(await families({ names })).toEqual(left);
  });

  test("finds the families of registered sources, too", async () => {
    registry.register(custom);
    expect(await families({ names: ["custom"] })).toEqual(["custom"]);
    expect(await families({ names: ["g"] })).toEqual(["g"]);
  });

  test("without it everything is there, until a source is taken out", async () => {
    const takeOut = registry.register(custom);
    expect(await families()).toEqual(["c_total", "custom", "g", "h"]);
    takeOut();
    takeOut();
    expect(await families()).toEqual(["c_total", "g", "h"]);
  });
});

describe("constant labels", () => {
  test("are on every series, of every type", async () => {
    registry = new Registry({ labels: { service: 'a"\\\nb', zone: "" } });
    registry.counter({ name: "c", help: "" }).inc();
    registry.gauge({ name: "g", help: "", labels: ["a"] }).set({ a: "x" }, 2);
    registry.histogram({ name: "h", help: "", buckets: [1] }).observe(3);
    const { samples, value } = await page();
    const constant = { service: 'a"\\\nb', zone: "" };
    expect(value("c_total", constant)).toBe(1);
    expect(value("g", { ...constant, a: "x" })).toBe(2);
    expect(value("h_bucket", { ...constant, le: "+Inf" })).toBe(1);
    for (const { labels } of samples) expect(labels).toMatchObject(constant);
  });

  test("may change with the caller's object without effect", async () => {
    const labels: Record<string, string> = { service: "a" };
    registry = new Registry({ labels });
    labels.service = "b";
    labels.zone = "c";
    registry.gauge({ name: "g", help: "" });
    expect((await page()).value("g", { service: "a" })).toBe(0);
  });

  test("can't be a metric's own label", () => {
    registry = new Registry({ labels: { service: "a" } });
    const error = thrown(() => registry.gauge({ name: "g", help: "", labels: ["service"] }));
    expect(error.code).toBe("NARTHEX_LABEL_NAME_INVALID");
    expect(error.message).toContain('"service"');
  });

  test.each(["", "__name__", "a\udc00"])("can't be called %j", (name) => {
    const error = thrown(() => new Registry({ labels: { [name]: "x" } }));
    expect(error.code).toBe("NARTHEX_LABEL_NAME_INVALID");
  });
});

describe("overflow", () => {
  test("counts updates by family, and warns of each family once", async () => {
    const warn = vi.spyOn(process, "emitWarning").mockImplementation(() => {});
    for (const name of ["c", "d"]) {
      const counter = registry.counter({ name, help: "", labels: ["a"], limit: 1 });
      for (const a of ["x", "y", "z"]) counter.inc({ a });
    }
    const { value } = await page();
    expect(value("narthex_overflow_updates_total", { family: "c" })).toBe(2);
    expect(value("narthex_overflow_updates_total", { family: "d" })).toBe(2);
    expect(warn).toHaveBeenCalledTimes(2);
  });

  test.each<[string, () => void]>([
    [
      "a constant label family",
      () => {
        registry = new Registry({ labels: { family: "x" } });
      },
    ],
    [
      "a metric of its counter's name",
      () => registry.gauge({ name: "narthex_overflow_updates", help: "The user's own." }),
    ],
  ])("never makes an update throw, not in a registry with %s", (_, arrange) => {
    vi.spyOn(process, "emitWarning").mockImplementation(() => {});
    unlessRefused(arrange);
    const counter = registry.counter({ name: "c", help: "", labels: ["a"], limit: 1 });
    counter.inc({ a: "x" });
    expect(() => counter.inc({ a: "y" })).not.toThrow();
  });

  test("of more families than its own counter has room for still ends", async () => {
    vi.spyOn(process, "emitWarning").mockImplementation(() => {});
    for (let i = 0; i <= 10_000; i += 1) {
      const counter = registry.counter({ name: `c${i}`, help: "", labels: ["a"], limit: 1 });
      counter.inc({ a: "x" });
      counter.inc({ a: "y" });
    }
    const { families } = await page({ names: ["narthex_overflow_updates"] });
    const { samples = [] } = families.get("narthex_overflow_updates_total") ?? {};
    expect(samples.reduce((sum, { value }) => sum + value, 0)).toBeGreaterThanOrEqual(10_001);
  });
});

describe("two copies of the package in one process", () => {
  async function copy(): Promise<typeof import("../index.ts")> {
    vi.resetModules();
    return import("../index.ts");
  }

  test("share the process-wide registry, its families and its callbacks", async () => {
    const [first, second] = [await copy(), await copy()];
    expect(first.Registry).not.toBe(second.Registry);
    expect(first.metrics).toBe(second.metrics);
    const define = ({ metrics }: typeof first) =>
      metrics.counter({ name: "shared_by_copies", help: "", labels: ["a"] });
    expect(define(first)).toBe(define(second));
    define(second).inc({ a: "x" });
    first.metrics.gauge({ name: "read_by_copies", help: "", collect: () => 1 });
    second.metrics.gauge({ name: "read_by_copies", help: "", collect: () => 2 });
    const { value } = parseTextPage(await first.metrics.text());
    expect(value("shared_by_copies_total", { a: "x" })).toBe(1);
    expect(value("read_by_copies")).toBe(2);
    for (const name of ["shared_by_copies", "read_by_copies"]) first.metrics.unregister(name);
  });
});

describe("the page", () => {
  test("says what it is", async () => {
    const { contentType, body } = await registry.expose();
    expect(contentType).toBe("text/plain; version=0.0.4; charset=utf-8");
    expect(body).toBeInstanceOf(Uint8Array);
    expect(body).toHaveLength(0);
  });

  test("is the caller's for good: later pages do not write into it", async () => {
    const gauge = registry.gauge({ name: "g", help: "" });
    gauge.set(1);
    const { body } = await registry.expose();
    const before = body.slice();
    gauge.set(2);
    await Promise.all([registry.expose(), registry.expose()]);
    expect(body).toEqual(before);
  });
});

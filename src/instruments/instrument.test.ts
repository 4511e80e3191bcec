import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { parseTextPage, type TextPage } from "../../test/text-page.ts";
import { NarthexError } from "../errors.ts";
import type { MetricSource, SampleSink } from "../model/sample-sink.ts";
import { Registry } from "../registry/registry.ts";

let now: number;
let registry: Registry;
beforeEach(() => {
  now = 1_700_000_000_000;
  registry = new Registry({ now: () => now });
  vi.spyOn(process, "emitWarning").mockImplementation(() => {});
});
afterEach(() => {
  vi.restoreAllMocks();
});

async function page(): Promise<TextPage> {
  return parseTextPage(await registry.text());
}

interface Options {
  readonly name: string;
  readonly help: string;
  readonly labels: readonly ["a"];
  readonly limit?: number;
  readonly expireAfterSeconds?: number;
}

/** One update a call, whatever the type, and the sample that shows how many there were. */
interface Subject {
  update(a: string | number | boolean): void;
  held(a: string): () => void;
  remove(a: string): boolean;
  clear(): void;
}

const TYPES: Record<string, { sample: string; make: (options: Options) => Subject }> = {
  counter: {
    sample: "m_total",
    make: (options) => {
      const counter = registry.counter(options);
      return {
        update: (a) => counter.inc({ a }),
        held: (a) => {
          const series = counter.labels({ a });
          return () => series.inc();
        },
        remove: (a) => counter.remove({ a }),
        clear: () => counter.clear(),
      };
    },
  },
  gauge: {
    sample: "m",
    make: (options) => {
      const gauge = registry.gauge(options);
      return {
        update: (a) => gauge.inc({ a }),
        held: (a) => {
          const series = gauge.labels({ a });
          return () => series.inc();
        },
        remove: (a) => gauge.remove({ a }),
        clear: () => gauge.clear(),
      };
    },
  },
  histogram: {
    sample: "m_count",
    make: (options) => {
      const histogram = registry.histogram({ ...options, buckets: [1] });
      return {
        update: (a) => histogram.observe({ a }, 2),
        held: (a) => {
          const series = histogram.labels({ a });
          return () => series.observe(2);
        },
        remove: (a) => histogram.remove({ a }),
        clear: () => histogram.clear(),
      };
    },
  },
};

describe.each(Object.keys(TYPES))("a %s", (type) => {
  const { sample, make } = TYPES[type]!;

  function subject(options: Partial<Options> = {}): Subject {
    return make({ name: "m", help: "", labels: ["a"], ...options });
  }

  async function counts(): Promise<Record<string, number>> {
    const { samples } = await page();
    const own = samples.filter(({ name }) => name === sample);
    return Object.fromEntries(own.map(({ labels, value }) => [labels.a, value]));
  }

  async function overflows(): Promise<number | undefined> {
    return (await page()).value("narthex_overflow_updates_total", { family: "m" });
  }

  describe("held series", () => {
    test("count into the same series as updates by labels, however many are held", async () => {
      const metric = subject();
      const first = metric.held("x");
      metric.update("x");
      const second = metric.held("x");
      for (const update of [first, second, first]) update();
      expect(await counts()).toEqual({ x: 4 });
    });

    test("stay right while thousands of other series come in", async () => {
      const metric = subject();
      const early = metric.held("early");
      for (let i = 0; i < 5000; i += 1) metric.update(`${i}`);
      early();
      const all = await counts();
      expect(all.early).toBe(1);
      expect(Object.keys(all)).toHaveLength(5001);
    });

    test("of a removed series are harmless, also when its place has a new tenant", async () => {
      const metric = subject();
      const held = [metric.held("x"), metric.held("x")];
      held[0]!();
      expect(metric.remove("x")).toBe(true);
      metric.update("y");
      for (const update of held) update();
      expect(await counts()).toEqual({ y: 1 });
    });

    test("of a removed series do not count into the series that replaces it", async () => {
      const metric = subject();
      const held = metric.held("x");
      metric.remove("x");
      metric.update("x");
      held();
      metric.held("x")();
      expect(await counts()).toEqual({ x: 2 });
    });

    test("of cleared series are harmless", async () => {
      const metric = subject();
      const held = ["x", "y", "z"].map((a) => metric.held(a));
      metric.clear();
      for (const a of ["u", "v", "w"]) metric.update(a);
      for (const update of held) update();
      expect(await counts()).toEqual({ u: 1, v: 1, w: 1 });
    });
  });

  describe("removal", () => {
    test("says whether there was a series, and starts again from zero", async () => {
      const metric = subject();
      metric.update("x");
      metric.update("x");
      expect([metric.remove("y"), metric.remove("x"), metric.remove("x")]).toEqual([
        false,
        true,
        false,
      ]);
      metric.update("x");
      expect(await counts()).toEqual({ x: 1 });
    });
  });

  describe("the limit", () => {
    test("keeps sums exact and counts every update past it", async () => {
      const metric = subject({ limit: 3 });
      for (let i = 0; i < 100; i += 1) metric.update(`${i % 10}`);
      expect(await counts()).toEqual({ 0: 10, 1: 10, 2: 10, _other: 70 });
      expect(await overflows()).toBe(70);
    });

    test("holds for held series, whose updates past it are counted, too", async () => {
      const metric = subject({ limit: 1 });
      const [within, past, further] = ["x", "y", "z"].map((a) => metric.held(a));
      for (const update of [within!, past!, past!, further!]) update();
      expect(await counts()).toEqual({ x: 1, _other: 3 });
      expect(await overflows()).toBe(3);
    });

    test("folds into a user's own _other, and counts only what went past the limit", async () => {
      const metric = subject({ limit: 2 });
      metric.update("_other");
      metric.update("x");
      metric.update("past");
      expect(await counts()).toEqual({ _other: 2, x: 1 });
      expect(await overflows()).toBe(1);
    });

    test("counts what goes past it also where somebody holds their own _other", async () => {
      const metric = subject({ limit: 2 });
      metric.held("_other");
      metric.update("x");
      const past = metric.held("past");
      past();
      past();
      expect(await counts()).toEqual({ _other: 2, x: 1 });
      expect(await overflows()).toBe(2);
    });

    test("warns once a family", async () => {
      const metric = subject({ limit: 1 });
      for (let i = 0; i < 50; i += 1) metric.update(`${i}`);
      registry
        .counter({ name: "n", help: "", labels: ["b"], limit: 1, initial: [{ b: "x" }] })
        .inc({
          b: "y",
        });
      const warnings = vi.mocked(process.emitWarning).mock.calls.map(([message]) => `${message}`);
      expect(warnings).toHaveLength(2);
      expect(warnings[0]).toMatch(/\bm\b/);
      expect(warnings[1]).toMatch(/\bn\b/);
    });
  });

  describe("expiry", () => {
    test("takes what nobody updated off the page, and leaves the rest", async () => {
      const metric = subject({ expireAfterSeconds: 60 });
      metric.update("idle");
      const busy = metric.held("busy");
      now += 59_000;
      busy();
      expect(await counts()).toEqual({ idle: 1, busy: 1 });
      now += 1000;
      expect(await counts()).toEqual({ busy: 1 });
    });

    test("held series that expired come back from zero, all of them as one", async () => {
      const metric = subject({ expireAfterSeconds: 60 });
      const [first, second] = [metric.held("x"), metric.held("x")];
      first();
      now += 60_000;
      expect(await counts()).toEqual({});
      second();
      first();
      metric.update("x");
      expect(await counts()).toEqual({ x: 3 });
      now += 60_000;
      expect(await counts()).toEqual({});
      second();
      expect(await counts()).toEqual({ x: 1 });
    });

    test("a held series that comes back has its own labels, whoever has its place now", async () => {
      const metric = subject({ expireAfterSeconds: 60 });
      const held = metric.held("x");
      now += 60_000;
      await page();
      metric.update("y");
      held();
      held();
      expect(await counts()).toEqual({ x: 2, y: 1 });
    });

    test("a held series that comes back past the limit counts as overflow", async () => {
      const metric = subject({ expireAfterSeconds: 60, limit: 1 });
      const held = metric.held("x");
      now += 60_000;
      await page();
      metric.update("y");
      held();
      expect(await counts()).toEqual({ y: 1, _other: 1 });
      expect(await overflows()).toBe(1);
    });

    test("a removed series stays away, though it would have expired", async () => {
      const metric = subject({ expireAfterSeconds: 60 });
      const held = metric.held("x");
      metric.remove("x");
      now += 60_000;
      await page();
      held();
      expect(await counts()).toEqual({});
    });
  });

  test("it agrees with a Map through any order of updates, removals and clears", async () => {
    const value = fc.constantFrom("", "x", "y", "_other", "x,y", "|", '"', "\n", "__proto__");
    const action = fc.constantFrom("update", "hold", "update held", "remove", "clear");
    const step = fc.record({
      action: fc.oneof(
        value.map(() => "update"),
        action,
      ),
      value,
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
        registry = new Registry();
        const metric = subject();
        const model = new Map<string, { count: number }>();
        const held: { update: () => void; entry: { count: number } }[] = [];
        const entryOf = (a: string) => {
          const entry = model.get(a) ?? { count: 0 };
          model.set(a, entry);
          return entry;
        };
        for (const { action, value: a } of steps) {
          if (action === "update") {
            metric.update(a);
            entryOf(a).count += 1;
          } else if (action === "hold") {
            held.push({ update: metric.held(a), entry: entryOf(a) });
          } else if (action === "update held") {
            for (const { update, entry } of held) {
              update();
              entry.count += 1;
            }
          } else if (action === "remove") {
            expect(metric.remove(a)).toBe(model.delete(a));
          } else {
            metric.clear();
            model.clear();
          }
        }
        const { samples } = await page();
        const found = samples.filter(({ name }) => name === sample);
        expect(new Map(found.map(({ labels, value: count }) => [labels.a, { count }]))).toEqual(
          model,
        );
      }),
    );
  });
});

describe("a family without labels", () => {
  test("starts again from zero when it is removed or cleared, and stays on the page", async () => {
    const counter = registry.counter({ name: "c", help: "" });
    const histogram = registry.histogram({ name: "h", help: "", buckets: [1] });
    const held = counter.labels();
    counter.inc(5);
    histogram.observe(5);
    counter.remove();
    histogram.clear();
    expect((await page()).value("c_total")).toBe(0);
    expect((await page()).value("h_sum")).toBe(0);
    held.inc();
    histogram.observe(2);
    expect((await page()).value("c_total")).toBe(1);
    expect((await page()).value("h_sum")).toBe(2);
  });

  test("can expire, and comes back with the next update", async () => {
    const counter = registry.counter({ name: "c", help: "", expireAfterSeconds: 60 });
    counter.inc(5);
    now += 60_000;
    expect((await page()).samples).toEqual([]);
    counter.inc();
    counter.labels().inc();
    expect((await page()).value("c_total")).toBe(2);
  });

  test("can be removed and cleared when it has expired", async () => {
    const gauge = registry.gauge({ name: "g", help: "", expireAfterSeconds: 60 });
    gauge.set(5);
    now += 60_000;
    expect((await page()).samples).toEqual([]);
    expect(gauge.remove()).toBe(false);
    gauge.clear();
    gauge.inc();
    expect((await page()).value("g")).toBe(1);
  });

  test("that starts again has begun again, as created timestamps tell", async () => {
    const counter = registry.counter({ name: "c", help: "" });
    counter.inc(5);
    now += 60_000;
    counter.clear();
    counter.inc();
    const created: number[] = [];
    const sink: Partial<SampleSink> = {
      family() {},
      counter: (head) => created.push(head.created),
    };
    for (const _ of (counter as unknown as MetricSource).visit(sink as SampleSink) ?? []);
    expect(created).toEqual([1_700_000_060]);
  });
});

describe("a provider of exemplars that fails", () => {
  test.each<[string, () => unknown, string]>([
    [
      "throws",
      () => {
        throw new Error("no tracer");
      },
      "no tracer",
    ],
    [
      "throws something without a text",
      () => {
        throw Object.create(null);
      },
      "an object that has no text",
    ],
    ["gives too long an exemplar", () => ({ trace_id: "x".repeat(200) }), "128 code points"],
    ["gives no object", () => "4bf92f", "use an object of label values"],
  ])(
    "because it %s costs no update, and is told of once for each family",
    async (_, provider, reason) => {
      registry.exemplars(provider as () => undefined);
      const counter = registry.counter({ name: "c", help: "", labels: ["a"] });
      const histogram = registry.histogram({ name: "h", help: "" });
      for (let i = 0; i < 3; i += 1) {
        counter.inc({ a: "x" });
        histogram.observe(1);
      }
      const { value } = await page();
      expect(value("c_total", { a: "x" })).toBe(3);
      expect(value("h_count")).toBe(3);
      const warnings = vi.mocked(process.emitWarning).mock.calls.map(([message]) => message);
      expect(warnings).toHaveLength(2);
      for (const [i, family] of ["c", "h"].entries()) {
        expect(warnings[i]).toContain(`Metric "${family}"`);
        expect(warnings[i]).toContain(reason);
      }
    },
  );
});

describe("spans of time", () => {
  let elapsed: number;
  let clock: number;
  beforeEach(() => {
    elapsed = 0;
    clock = 1_700_000_000_000;
    vi.spyOn(performance, "now").mockImplementation(() => elapsed);
    vi.spyOn(Date, "now").mockImplementation(() => clock);
    registry = new Registry();
  });

  const HOURS = 3_600_000;

  test.each([2 * HOURS, -2 * HOURS, -1_700_000_000_000])(
    "do not change when the system's clock is set, by %i ms",
    async (step) => {
      const options = { help: "", labels: ["a"], expireAfterSeconds: 300 } as const;
      const counter = registry.counter({ name: "jobs", ...options });
      const summary = registry.summary({ name: "size", help: "", quantiles: [1] });
      const native = { maxBuckets: 1, factor: 2, minResetSeconds: 300 };
      const histogram = registry.histogram({ name: "taken", help: "", native });
      counter.inc({ a: "busy" }, 5);
      counter.inc({ a: "idle" });
      summary.observe(1);
      for (const value of [1, 100]) histogram.observe(value);
      clock += step;
      elapsed += 1000;
      let { value } = await page();
      expect(value("jobs_total", { a: "busy" })).toBe(5);
      expect(value("jobs_total", { a: "idle" })).toBe(1);
      expect(value("size", { quantile: "1.0" })).not.toBeNaN();
      expect(value("taken_count")).toBe(2);
      elapsed += 299_000;
      counter.inc({ a: "busy" });
      ({ value } = await page());
      expect(value("jobs_total", { a: "idle" })).toBeUndefined();
      expect(value("taken_count")).toBe(0);
      elapsed += 300_000;
      ({ value } = await page());
      expect(value("size", { quantile: "1.0" })).toBeNaN();
    },
  );

  test.each([0, -HOURS])("are right where the clock starts at %i", async (start) => {
    clock = start;
    registry = new Registry({ now: () => clock });
    const counter = registry.counter({
      name: "c",
      help: "",
      labels: ["a"],
      expireAfterSeconds: 60,
    });
    counter.inc({ a: "x" });
    clock += 59_999;
    expect((await page()).value("c_total", { a: "x" })).toBe(1);
    clock += 1;
    expect((await page()).samples).toEqual([]);
  });
});

describe("an update that throws changes nothing", () => {
  const help = "";
  const labels = ["a"] as const;
  const exemplar = { trace_id: "x".repeat(200) };
  const noString = { exemplar: { trace_id: 1 as unknown as string } };
  const wrong = "1" as unknown as number;

  /** Updates of the label set `{ a: "new" }`, and one that is right. */
  const types: Record<string, () => { right: (a: string) => void; wrong: (() => void)[] }> = {
    counter: () => {
      const counter = registry.counter({ name: "m", help, labels });
      return {
        right: (a) => counter.inc({ a }),
        wrong: [
          () => counter.inc({ a: "new" }, -1),
          () => counter.inc({ a: "new" }, 1, { exemplar }),
          () => counter.inc({ a: "new" }, 1, noString),
        ],
      };
    },
    gauge: () => {
      const gauge = registry.gauge({ name: "m", help, labels });
      return {
        right: (a) => gauge.set({ a }, 1),
        wrong: [
          () => gauge.set({ a: "new" }, wrong),
          () => gauge.inc({ a: "new" }, wrong),
          () => gauge.dec({ a: "new" }, wrong),
        ],
      };
    },
    histogram: () => {
      const histogram = registry.histogram({ name: "m", help, labels });
      return {
        right: (a) => histogram.observe({ a }, 1),
        wrong: [
          () => histogram.observe({ a: "new" }, wrong),
          () => histogram.observe({ a: "new" }, 1, { exemplar }),
          () => histogram.observe({ a: "new" }, 1, noString),
        ],
      };
    },
    "native histogram": () => {
      const histogram = registry.histogram({ name: "m", help, labels, native: true });
      return {
        right: (a) => histogram.observe({ a }, 1),
        wrong: [() => histogram.observe({ a: "new" }, 1, { exemplar })],
      };
    },
    summary: () => {
      const summary = registry.summary({ name: "m", help, labels });
      return {
        right: (a) => summary.observe({ a }, 1),
        wrong: [() => summary.observe({ a: "new" }, wrong)],
      };
    },
    "state set": () => {
      const states = registry.stateSet({ name: "m", help, labels, states: ["on"] });
      return {
        right: (a) => states.set({ a }, "on", true),
        wrong: [
          () => states.set({ a: "new" }, "off" as "on", true),
          () => states.set({ a: "new" }, "on", 1 as unknown as boolean),
        ],
      };
    },
  };

  describe.each(Object.keys(types))("in a %s", (type) => {
    test.each([1, 2000])("of %i series", async (size) => {
      const { right, wrong } = types[type]!();
      for (let a = 0; a < size; a += 1) right(`${a}`);
      const before = await registry.text();
      for (const update of wrong) {
        expect(update).toThrow(NarthexError);
        expect(await registry.text()).toBe(before);
      }
    });
  });

  describe.each(Object.keys(types))("in a %s", (type) => {
    test.each([1, 2000])("of %i series, if the clock throws", async (size) => {
      let isBroken = false;
      registry = new Registry({
        now: () => {
          if (isBroken) throw new Error("no clock");
          return now;
        },
      });
      const { right } = types[type]!();
      for (let a = 0; a < size; a += 1) right(`${a}`);
      const before = await registry.text();
      isBroken = true;
      expect(() => right("new")).toThrow("no clock");
      isBroken = false;
      expect(await registry.text()).toBe(before);
      right("new");
      const { samples } = await page();
      expect(samples.some(({ labels }) => labels.a === "new")).toBe(true);
      expect(samples.length / (size + 1)).toBe(before.match(/^m/gm)!.length / size);
    });
  });

  test("nor does a wrong exemplar bring back a series that expired", async () => {
    const counter = registry.counter({ name: "m", help, labels, expireAfterSeconds: 60 });
    const held = counter.labels({ a: "x" });
    now += 60_000;
    const before = await registry.text();
    expect(() => held.inc(1, { exemplar })).toThrow(NarthexError);
    expect(await registry.text()).toBe(before);
  });
});

test("a million distinct values against a limit: a bounded page, and nothing is lost", async () => {
  const counter = registry.counter({ name: "c", help: "", labels: ["a"], limit: 100 });
  for (let a = 0; a < 1_000_000; a += 1) counter.inc({ a });
  const { families, value } = await page();
  expect(families.get("c_total")?.samples).toHaveLength(101);
  expect(value("c_total", { a: "_other" })).toBe(999_900);
  expect(value("narthex_overflow_updates_total", { family: "c" })).toBe(999_900);
}, 120_000);

test("initial label sets are on the page from the start, at zero", async () => {
  registry.counter({
    name: "c",
    help: "",
    labels: ["a", "b"],
    initial: [
      { a: "x", b: 1 },
      { b: true, a: "y" },
    ],
  });
  const { samples, value } = await page();
  expect(samples).toHaveLength(2);
  expect(value("c_total", { a: "x", b: "1" })).toBe(0);
  expect(value("c_total", { a: "y", b: "true" })).toBe(0);
});

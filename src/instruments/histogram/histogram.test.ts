import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { parseTextPage, type TextPage } from "../../../test/text-page.ts";
import { thrown } from "../../../test/thrown.ts";
import { Registry } from "../../registry/registry.ts";
import { exponentialBuckets, linearBuckets } from "./buckets.ts";

let registry: Registry;
beforeEach(() => {
  registry = new Registry();
});

async function page(): Promise<TextPage> {
  return parseTextPage(await registry.text());
}

describe("observing", () => {
  test("a value counts in every bucket whose bound it does not exceed", async () => {
    const size = registry.histogram({ name: "size", help: "Sizes.", buckets: [-1, 0, 2.5, 10] });
    for (const value of [-2, -1, 0, 2.5, 2.6, 10, 11]) size.observe(value);
    expect(await registry.text()).toBe(
      `# HELP size Sizes.
# TYPE size histogram
size_bucket{le="-1.0"} 2
size_bucket{le="0.0"} 3
size_bucket{le="2.5"} 4
size_bucket{le="10.0"} 6
size_bucket{le="+Inf"} 7
size_sum 23.1
size_count 7
`,
    );
  });

  test("each label set has buckets of its own, on every way in", async () => {
    const size = registry.histogram({ name: "size", help: "", labels: ["of"], buckets: [1] });
    size.observe({ of: "a" }, 1);
    const held = size.labels({ of: "a" });
    held.observe(0.5);
    held.observe(3);
    size.observe({ of: "b" }, 2);
    size.labels({ of: "c" });
    const { value } = await page();
    for (const [of, below, count, sum] of [
      ["a", 2, 3, 4.5],
      ["b", 0, 1, 2],
      ["c", 0, 0, 0],
    ] as const) {
      expect(value("size_bucket", { of, le: "1.0" })).toBe(below);
      expect(value("size_bucket", { of, le: "+Inf" })).toBe(count);
      expect(value("size_count", { of })).toBe(count);
      expect(value("size_sum", { of })).toBe(sum);
    }
  });

  test("infinite values fall into the outermost buckets, and make the sum infinite", async () => {
    const size = registry.histogram({ name: "size", help: "", buckets: [-1, 1] });
    size.observe(Number.NEGATIVE_INFINITY);
    expect((await page()).value("size_sum")).toBe(Number.NEGATIVE_INFINITY);
    size.observe(Number.POSITIVE_INFINITY);
    const { value } = await page();
    expect(value("size_bucket", { le: "-1.0" })).toBe(1);
    expect(value("size_bucket", { le: "1.0" })).toBe(1);
    expect(value("size_count")).toBe(2);
    expect(value("size_sum")).toBeNaN();
  });

  test("without buckets there is the infinite one", async () => {
    registry.histogram({ name: "size", help: "", buckets: [] }).observe(-5);
    const { value } = await page();
    expect(value("size_bucket", { le: "+Inf" })).toBe(1);
    expect(value("size_sum")).toBe(-5);
  });

  test.each<[unknown, string]>([
    ["0.5", '"0.5"'],
    [null, "null"],
    [undefined, "undefined"],
    [1n, "1n"],
    [new Date(0), "an object"],
  ])(
    "%s is refused by an error that names metric and value, and changes nothing",
    async (bad, shown) => {
      const value = bad as number;
      const plain = registry.histogram({ name: "plain", help: "" });
      const labelled = registry.histogram({ name: "labelled", help: "", labels: ["a"] });
      for (const [metric, observe] of [
        ["plain", () => plain.observe(value)],
        ["plain", () => plain.labels().observe(value)],
        ["labelled", () => labelled.observe({ a: "new" }, value)],
      ] as const) {
        const error = thrown(observe);
        expect(error.code).toBe("NARTHEX_VALUE_INVALID");
        expect(error.message).toContain(`"${metric}"`);
        expect(error.message).toContain(shown);
      }
      const { value: read } = await page();
      expect(read("plain_count")).toBe(0);
      expect(read("plain_sum")).toBe(0);
      expect(read("labelled_count", { a: "new" })).toBeUndefined();
    },
  );
});

describe("buckets", () => {
  test.each<[string, unknown, string, string]>([
    ["not an array", "1,2", "buckets", '"1,2"'],
    ["a text in it", [1, "2"], "buckets[1]", '"2"'],
    ["NaN", [Number.NaN], "buckets[0]", "NaN"],
    ["infinite", [1, Number.POSITIVE_INFINITY], "buckets[1]", "Infinity"],
    ["descending", [1, 3, 2], "buckets[2]", "2"],
    ["twice", [1, 1], "buckets[1]", "1"],
    ["zero twice", [-0, 0], "buckets[1]", "0"],
    // biome-ignore lint/suspicious/noSparseArray: a hole is what this is about.
    ["a hole", [1, , 3], "buckets[1]", "undefined"],
    ["holes alone", new Array(2), "buckets[0]", "undefined"],
  ])(
    "%s: refused by an error that names the option and the bad value",
    (_, buckets, option, shown) => {
      const error = thrown(() =>
        registry.histogram({ name: "size", help: "", buckets: buckets as number[] }),
      );
      expect(error.code).toBe("NARTHEX_OPTION_INVALID");
      expect(error.message).toContain('"size"');
      expect(error.message).toContain(`${option} is ${shown}`);
      expect(registry.unregister("size")).toBe(false);
    },
  );

  test("the caller's array may change afterwards", async () => {
    const buckets = [1, 2];
    const size = registry.histogram({ name: "size", help: "", buckets });
    buckets.push(-7);
    buckets[0] = 50;
    size.observe(1);
    const { value } = await page();
    expect(value("size_bucket", { le: "1.0" })).toBe(1);
    expect(value("size_bucket", { le: "2.0" })).toBe(1);
  });

  test("linear and exponential ones", () => {
    expect(linearBuckets({ start: -10, width: 5, count: 4 })).toEqual([-10, -5, 0, 5]);
    expect(exponentialBuckets({ start: 0.5, factor: 2, count: 4 })).toEqual([0.5, 1, 2, 4]);
  });

  test.each([0, -1, 1.5, Number.NaN])("a count of %d makes no buckets, but an error", (count) => {
    for (const make of [
      () => linearBuckets({ start: 1, width: 1, count }),
      () => exponentialBuckets({ start: 1, factor: 2, count }),
    ]) {
      const error = thrown(make);
      expect(error.code).toBe("NARTHEX_OPTION_INVALID");
      expect(error.message).toContain("count");
      expect(error.message).toContain(String(count));
    }
  });
});

test("le is the histogram's own label", () => {
  const error = thrown(() => registry.histogram({ name: "size", help: "", labels: ["le"] }));
  expect(error.code).toBe("NARTHEX_LABEL_NAME_INVALID");
  expect(error.message).toContain('"size"');
  expect(error.message).toContain('"le"');
});

describe("measuring durations", () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ["performance"] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  function took(milliseconds: number): void {
    vi.advanceTimersByTime(milliseconds);
  }

  test("a timer observes seconds and returns them", async () => {
    const latency = registry.histogram({ name: "plain", help: "" });
    const labelled = registry.histogram({ name: "labelled", help: "", labels: ["op"] });
    const ends = [
      latency.startTimer(),
      latency.labels().startTimer(),
      labelled.startTimer({ op: "a" }),
      labelled.labels({ op: "a" }).startTimer(),
    ];
    took(250);
    for (const end of ends) expect(end()).toBeCloseTo(0.25, 9);
    const { value } = await page();
    expect(value("plain_count")).toBe(2);
    expect(value("plain_sum")).toBeCloseTo(0.5, 9);
    expect(value("labelled_count", { op: "a" })).toBe(2);
    expect(value("labelled_bucket", { op: "a", le: "0.1" })).toBe(0);
  });

  test("timers of one series may overlap", async () => {
    const latency = registry.histogram({ name: "latency", help: "" });
    const first = latency.startTimer();
    took(100);
    const second = latency.startTimer();
    took(100);
    expect([first(), second()].map((seconds) => Math.round(seconds * 10))).toEqual([2, 1]);
  });

  test("work that returns", async () => {
    const latency = registry.histogram({ name: "latency", help: "", labels: ["op"] });
    const result = latency.time({ op: "a" }, () => {
      took(500);
      return "result";
    });
    expect(result).toBe("result");
    expect((await page()).value("latency_sum", { op: "a" })).toBeCloseTo(0.5, 9);
  });

  test("work that throws: the error passes through, the duration is observed", async () => {
    const latency = registry.histogram({ name: "latency", help: "" });
    const error = new Error("work failed");
    expect(() =>
      latency.time(() => {
        took(500);
        throw error;
      }),
    ).toThrow(error);
    expect((await page()).value("latency_sum")).toBeCloseTo(0.5, 9);
  });

  test("work that resolves is observed when it has, not before", async () => {
    const latency = registry.histogram({ name: "latency", help: "" });
    let resolve: (result: string) => void = () => {};
    const timed = latency.time(
      () =>
        new Promise<string>((done) => {
          resolve = done;
        }),
    );
    expect((await page()).value("latency_count")).toBe(0);
    took(1500);
    resolve("result");
    expect(await timed).toBe("result");
    const { value } = await page();
    expect(value("latency_count")).toBe(1);
    expect(value("latency_sum")).toBeCloseTo(1.5, 9);
  });

  test("work that rejects: the reason passes through, the duration is observed", async () => {
    const latency = registry.histogram({ name: "latency", help: "", labels: ["op"] });
    const reason = new Error("work failed");
    const timed = latency.labels({ op: "a" }).time(async () => {
      took(500);
      throw reason;
    });
    await expect(timed).rejects.toBe(reason);
    expect((await page()).value("latency_sum", { op: "a" })).toBeCloseTo(0.5, 9);
  });

  test.each(["an object", "a function"])("a lazy thenable that is %s runs once", async (kind) => {
    const latency = registry.histogram({ name: "latency", help: "" });
    let runs = 0;
    const query = Object.assign(kind === "a function" ? () => {} : {}, {
      // biome-ignore lint/suspicious/noThenProperty: query builders look like this.
      then<R>(done: (rows: string) => R): Promise<R> {
        runs += 1;
        took(2000);
        return Promise.resolve(done("rows"));
      },
    }) as unknown as PromiseLike<string>;
    expect(await latency.time(() => query)).toBe("rows");
    expect(runs).toBe(1);
    expect((await page()).value("latency_sum")).toBeCloseTo(2, 9);
  });

  test("a value that merely has a then is no promise", async () => {
    const latency = registry.histogram({ name: "latency", help: "" });
    // biome-ignore lint/suspicious/noThenProperty: that is what this is about.
    const result = { then: "later" };
    expect(latency.time(() => result)).toBe(result);
    expect(latency.time(() => null)).toBeNull();
    expect((await page()).value("latency_count")).toBe(2);
  });

  test("a rejection nobody waits for is the caller's own, not a second one", async () => {
    const latency = registry.histogram({ name: "latency", help: "" });
    const unhandled = vi.fn();
    process.on("unhandledRejection", unhandled);
    latency.time(() => Promise.reject(new Error("handled"))).catch(() => {});
    await new Promise((resolve) => setImmediate(resolve));
    process.off("unhandledRejection", unhandled);
    expect(unhandled).not.toHaveBeenCalled();
    expect((await page()).value("latency_count")).toBe(1);
  });

  test("labels that do not fit are refused before the work begins", () => {
    const latency = registry.histogram({ name: "latency", help: "", labels: ["op"] });
    const work = vi.fn();
    thrown(() => latency.time({} as never, work));
    thrown(() => latency.startTimer({ op: "a", more: "b" } as never));
    expect(work).not.toHaveBeenCalled();
  });
});

import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import fc from "fast-check";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { parseTextPage, type TextPage } from "../../../test/text-page.ts";
import { thrown } from "../../../test/thrown.ts";
import { Registry } from "../../registry/registry.ts";
import type { SummaryOptions } from "./summary.ts";

const MAX_AGE_SECONDS = 600;

let now: number;
let looks: number;
let registry: Registry;
beforeEach(() => {
  now = 1_700_000_000_000;
  registry = new Registry({
    now: () => {
      looks += 1;
      return now;
    },
  });
  looks = 0;
});

async function page(): Promise<TextPage> {
  return parseTextPage(await registry.text());
}

async function quantile(quantile: string): Promise<number | undefined> {
  return (await page()).value("size", { quantile });
}

function collectGarbage(): void {
  setFlagsFromString("--expose-gc");
  const gc = runInNewContext("gc") as () => void;
  // What the first one finds is freed beside the program; the second waits for it.
  gc();
  gc();
}

describe("observing", () => {
  test("shows quantiles, sum and count", async () => {
    const size = registry.summary({ name: "size", help: "Sizes.", quantiles: [0, 0.5, 1] });
    for (const value of [0, -Infinity, 8.0625, 0]) size.observe(value);
    expect(await registry.text()).toBe(
      `# HELP size Sizes.
# TYPE size summary
size{quantile="0.0"} -Inf
size{quantile="0.5"} 0
size{quantile="1.0"} 8.0625
size_sum -Inf
size_count 4
`,
    );
  });

  test("the quantiles are those of 0.5, 0.9 and 0.99 where nothing is said", async () => {
    const size = registry.summary({ name: "size", help: "" });
    for (let value = 1; value <= 1000; value += 1) size.observe(value);
    for (const shown of [0.5, 0.9, 0.99]) {
      const value = (await quantile(String(shown)))!;
      expect(Math.abs(value - 1000 * shown)).toBeLessThanOrEqual((1000 * shown) / 128);
    }
    expect((await page()).samples).toHaveLength(5);
  });

  test("each label set has quantiles of its own, on every way in", async () => {
    const size = registry.summary({ name: "size", help: "", labels: ["of"], quantiles: [0, 1] });
    const held = size.labels({ of: "a" });
    held.observe(1.0078125);
    size.observe({ of: "a" }, 64.5);
    size.observe({ of: "b" }, 4.03125);
    size.labels({ of: "c" });
    const { value } = await page();
    for (const [of, lowest, highest, sum, count] of [
      ["a", 1.0078125, 64.5, 65.5078125, 2],
      ["b", 4.03125, 4.03125, 4.03125, 1],
      ["c", Number.NaN, Number.NaN, 0, 0],
    ] as const) {
      expect(value("size", { of, quantile: "0.0" })).toBe(lowest);
      expect(value("size", { of, quantile: "1.0" })).toBe(highest);
      expect(value("size_sum", { of })).toBe(sum);
      expect(value("size_count", { of })).toBe(count);
    }
  });

  test("NaN counts and makes the sum NaN, but has no place among the quantiles", async () => {
    const size = registry.summary({ name: "size", help: "", quantiles: [0, 1] });
    size.observe(Number.NaN);
    expect(await quantile("0.0")).toBeNaN();
    size.observe(0);
    size.observe(Number.NaN);
    expect(await quantile("0.0")).toBe(0);
    expect(await quantile("1.0")).toBe(0);
    expect((await page()).value("size_count")).toBe(3);
    expect((await page()).value("size_sum")).toBeNaN();
  });

  test("times work, with and without labels", async () => {
    vi.spyOn(performance, "now").mockReturnValueOnce(1000).mockReturnValueOnce(3000);
    const plain = registry.summary({ name: "plain_seconds", help: "" });
    expect(plain.time(() => "done")).toBe("done");
    vi.spyOn(performance, "now").mockReturnValueOnce(1000).mockReturnValueOnce(4000);
    const labelled = registry.summary({ name: "labelled_seconds", help: "", labels: ["op"] });
    await labelled.time({ op: "a" }, async () => {});
    vi.spyOn(performance, "now").mockReturnValueOnce(1000).mockReturnValueOnce(5000);
    expect(labelled.startTimer({ op: "b" })()).toBe(4);
    vi.restoreAllMocks();
    const { value } = await page();
    expect(value("plain_seconds_sum")).toBe(2);
    expect(value("labelled_seconds_sum", { op: "a" })).toBe(3);
    expect(value("labelled_seconds_sum", { op: "b" })).toBe(4);
  });

  test.each<[unknown, string]>([
    ["0.5", '"0.5"'],
    [undefined, "undefined"],
    [1n, "1n"],
    [{}, "an object"],
  ])(
    "%s is refused by an error that names metric and value, and changes nothing",
    async (bad, shown) => {
      const value = bad as number;
      const plain = registry.summary({ name: "plain", help: "" });
      const labelled = registry.summary({ name: "labelled", help: "", labels: ["a"] });
      for (const [metric, observe] of [
        ["plain", () => plain.observe(value)],
        ["plain", () => plain.labels().observe(value)],
        ["labelled", () => labelled.observe({ a: "new" }, value)],
      ] as const) {
        const error = thrown(observe);
        expect(error.code).toBe("NARTHEX_VALUE_INVALID");
        expect(error.message).toContain(`"${metric}": ${shown}`);
      }
      const { samples } = await page();
      expect(samples.find(({ name }) => name === "plain_count")?.value).toBe(0);
      expect(samples.some(({ name }) => name.startsWith("labelled"))).toBe(false);
    },
  );
});

describe("the window", () => {
  test("is empty when nothing was observed for its whole length, though nobody scraped", async () => {
    const size = registry.summary({ name: "size", help: "", quantiles: [0.5] });
    size.observe(0);
    now += MAX_AGE_SECONDS * 1000;
    expect(await quantile("0.5")).toBeNaN();
    const { value } = await page();
    expect(value("size_count")).toBe(1);
  });

  test("never has values older than its length, and always those younger than 79 % of it", async () => {
    const step = fc.record({
      seconds: fc.integer({ min: 0, max: 400 }),
      isScrape: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 40 }), async (steps) => {
        registry = new Registry({ now: () => now });
        const size = registry.summary({ name: "size", help: "", quantiles: [0, 1] });
        const observed: number[] = [];
        for (const { seconds, isScrape } of steps) {
          now += seconds * 1000;
          if (!isScrape) {
            // The power tells which value it is.
            size.observe(2 ** observed.length);
            observed.push(now);
            continue;
          }
          const oldest = Math.floor(Math.log2((await quantile("0.0"))!));
          const ages = observed.map((at) => (now - at) / 1000);
          const firstYoung = ages.findIndex((age) => age < 0.79 * MAX_AGE_SECONDS);
          if (Number.isNaN(oldest)) {
            expect(firstYoung).toBe(-1);
          } else {
            expect(ages[oldest]).toBeLessThanOrEqual(MAX_AGE_SECONDS);
            if (firstYoung >= 0) expect(oldest).toBeLessThanOrEqual(firstYoung);
          }
        }
      }),
    );
  });

  test("slides for a series that is only scraped, beside one that is busy", async () => {
    const size = registry.summary({ name: "size", help: "", labels: ["of"], quantiles: [0.5] });
    size.observe({ of: "idle" }, 0);
    for (let minute = 0; minute < 12; minute += 1) {
      for (let i = 0; i < 5000; i += 1) size.observe({ of: "busy" }, 0);
      const { value } = await page();
      const idle = value("size", { of: "idle", quantile: "0.5" });
      if (minute < 8) expect(idle).toBe(0);
      if (minute >= 10) expect(idle).toBeNaN();
      expect(value("size", { of: "busy", quantile: "0.5" })).toBe(0);
      now += 60_000;
    }
  });

  test("does not ask for the time at each observation", () => {
    const size = registry.summary({ name: "size", help: "", labels: ["of"] });
    const held = [size.labels({ of: "a" }), size.labels({ of: "b" })];
    looks = 0;
    for (let i = 0; i < 200_000; i += 1) held[i % 2]!.observe(i);
    expect(looks).toBeLessThan(500);
  });

  test("has all its memory after the first values, however long it slides", () => {
    const size = registry.summary({ name: "size", help: "" });
    const observe = () => {
      for (let i = 0; i < 20_000; i += 1) size.observe(1 + (i % 1000));
      now += 50_000;
    };
    observe();
    const before = process.memoryUsage().arrayBuffers;
    for (let i = 0; i < 20; i += 1) observe();
    expect(process.memoryUsage().arrayBuffers).toBeLessThanOrEqual(before);
  });
});

describe("a series that goes", () => {
  const options = { name: "size", help: "", labels: ["of"], quantiles: [0.5] } as const;

  test("leaves nothing to the next one in its place", async () => {
    const size = registry.summary(options);
    size.observe({ of: "old" }, 3);
    size.remove({ of: "old" });
    size.labels({ of: "new" });
    let { value } = await page();
    expect(value("size", { of: "new", quantile: "0.5" })).toBeNaN();
    size.observe({ of: "new" }, 0);
    ({ value } = await page());
    expect(value("size", { of: "new", quantile: "0.5" })).toBe(0);
    expect(value("size_count", { of: "new" })).toBe(1);
    expect(value("size_count", { of: "old" })).toBeUndefined();
  });

  test("can still be held, and its updates harm nobody", async () => {
    const size = registry.summary(options);
    const removed = size.labels({ of: "old" });
    size.clear();
    const before = process.memoryUsage().arrayBuffers;
    removed.observe(5);
    expect(process.memoryUsage().arrayBuffers).toBe(before);
    size.observe({ of: "new" }, 0);
    removed.observe(5);
    const { samples, value } = await page();
    expect(samples).toHaveLength(3);
    expect(value("size", { of: "new", quantile: "0.5" })).toBe(0);
  });

  test("comes back empty where it had expired and is observed again", async () => {
    const size = registry.summary({ ...options, expireAfterSeconds: 60 });
    const held = size.labels({ of: "a" });
    held.observe(5);
    now += 61_000;
    expect((await page()).samples).toEqual([]);
    held.observe(0);
    const { value } = await page();
    expect(value("size", { of: "a", quantile: "0.5" })).toBe(0);
    expect(value("size_count", { of: "a" })).toBe(1);
  });

  test("gives its memory back", () => {
    const size = registry.summary({ ...options, limit: 3000 });
    collectGarbage();
    const before = process.memoryUsage().arrayBuffers;
    for (let i = 0; i < 3000; i += 1) {
      for (let power = 0; power < 10; power += 1) size.observe({ of: i }, 2 ** power);
    }
    const full = process.memoryUsage().arrayBuffers;
    expect(full - before).toBeGreaterThan(3000 * 10 * 1280);
    size.clear();
    collectGarbage();
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan((full - before) / 10);
  });

  test("past the limit counts under _other, quantiles included", async () => {
    vi.spyOn(process, "emitWarning").mockImplementation(() => {});
    const size = registry.summary({ ...options, limit: 1 });
    for (const of of ["a", "b", "c"]) size.observe({ of }, 0);
    vi.restoreAllMocks();
    const { value } = await page();
    expect(value("size_count", { of: "_other" })).toBe(2);
    expect(value("size", { of: "_other", quantile: "0.5" })).toBe(0);
  });

  test("without labels begins again", async () => {
    const size = registry.summary({ name: "size", help: "", quantiles: [0.5] });
    size.observe(5);
    size.clear();
    expect(await quantile("0.5")).toBeNaN();
    size.observe(0);
    expect(await quantile("0.5")).toBe(0);
    expect((await page()).value("size_count")).toBe(1);
  });
});

describe("options", () => {
  test("quantiles come in order", async () => {
    registry.summary({ name: "size", help: "", quantiles: [0.99, 0, 0.5] });
    const { samples } = await page();
    expect(samples.map(({ labels }) => labels.quantile)).toEqual([
      "0.0",
      "0.5",
      "0.99",
      undefined,
      undefined,
    ]);
  });

  test("without quantiles there is just a count and a sum, which need no memory", async () => {
    const size = registry.summary({ name: "size", help: "", quantiles: [] });
    const before = process.memoryUsage().arrayBuffers;
    size.observe(2);
    expect(process.memoryUsage().arrayBuffers).toBe(before);
    expect((await page()).samples.map(({ name, value }) => [name, value])).toEqual([
      ["size_sum", 2],
      ["size_count", 1],
    ]);
  });

  test("quantiles of the user's that change later change nothing", async () => {
    const quantiles = [0.5];
    registry.summary({ name: "size", help: "", quantiles });
    quantiles.push(0.9);
    expect((await page()).samples).toHaveLength(3);
  });

  test("the same ones share the summary, and others are refused", () => {
    const options = { name: "size", help: "", quantiles: [0.5, 0.9], maxAgeSeconds: 60 };
    const size = registry.summary(options);
    expect(registry.summary({ ...options, quantiles: [0.9, 0.5] })).toBe(size);
    for (const other of [{ quantiles: [0.5] }, { maxAgeSeconds: 61 }]) {
      const error = thrown(() => registry.summary({ ...options, ...other }));
      expect(error.code).toBe("NARTHEX_NAME_TAKEN");
    }
  });

  test.each<[string, string, unknown, string]>([
    ["quantiles", "quantiles", 0.5, "0.5"],
    ["quantiles", "quantiles[1]", [0.5, 1.01], "1.01"],
    ["quantiles", "quantiles[0]", [-0.1], "-0.1"],
    ["quantiles", "quantiles[0]", [Number.NaN], "NaN"],
    ["quantiles", "quantiles[0]", ["0.5"], '"0.5"'],
    ["quantiles", "quantiles[2]", [0.5, 0.9, 0.5], "0.5"],
    ["maxAgeSeconds", "maxAgeSeconds", 0, "0"],
    ["maxAgeSeconds", "maxAgeSeconds", Number.NaN, "NaN"],
    ["maxAgeSeconds", "maxAgeSeconds", Infinity, "Infinity"],
    ["maxAgeSeconds", "maxAgeSeconds", "600", '"600"'],
  ])("%s: %s of %o is refused", (option, named, bad, shown) => {
    const options = { name: "size", help: "", [option]: bad } as SummaryOptions<never>;
    const error = thrown(() => registry.summary(options));
    expect(error.code).toBe("NARTHEX_OPTION_INVALID");
    expect(error.message).toContain(`"size": option ${named} is ${shown}`);
  });

  test("a label named quantile is refused", () => {
    const error = thrown(() => registry.summary({ name: "size", help: "", labels: ["quantile"] }));
    expect(error.code).toBe("NARTHEX_LABEL_NAME_INVALID");
  });

  test("labels are typed", () => {
    const size = registry.summary({ name: "size", help: "", labels: ["of"] });
    // @ts-expect-error: there is no such label.
    expect(() => size.observe({ off: "a" }, 1)).toThrow('"off"');
    // @ts-expect-error: the labels are missing.
    expect(() => size.observe(1)).toThrow();
    const plain = registry.summary({ name: "plain", help: "" });
    // @ts-expect-error: there are no labels.
    expect(() => plain.observe({ of: "a" }, 1)).toThrow();
  });
});

import { beforeEach, describe, expect, test } from "vitest";
import { parseTextPage, type TextPage } from "../../test/text-page.ts";
import type { MetricSource, SampleSink, SeriesHead } from "../index.ts";
import { Registry } from "../registry/registry.ts";

const UNLIMITED = { limit: Number.POSITIVE_INFINITY };

let registry: Registry;
beforeEach(() => {
  registry = new Registry();
});

async function page(): Promise<TextPage> {
  return parseTextPage(await registry.text());
}

const HEAD: SeriesHead = {
  labelNames: [],
  labelValues: [],
  created: Number.NaN,
  timestamp: Number.NaN,
  slot: 0,
  tenancy: 0,
};

/** Calls `between` on every turn of the event loop until the work is done, and counts the turns. */
async function turnsDuring(work: Promise<unknown>, between = () => {}): Promise<number> {
  let turns = 0;
  let done = false;
  const turn = () => {
    if (done) return;
    turns += 1;
    between();
    setImmediate(turn);
  };
  setImmediate(turn);
  await work;
  done = true;
  return turns;
}

describe("a source that throws leaves nothing behind", () => {
  const down = () => {
    throw new Error("down");
  };

  test.each<[string, (sink: SampleSink) => Iterable<void> | void]>([
    ["at once", down],
    [
      "after a family's head",
      (sink) => {
        sink.family({ name: "broken", help: "", type: "gauge" });
        down();
      },
    ],
    [
      "between two series",
      function* (sink) {
        sink.family({ name: "broken", help: "", type: "gauge" });
        sink.gauge(HEAD, 1);
        yield;
        down();
      },
    ],
    [
      "in the middle of a histogram",
      (sink) => {
        sink.family({ name: "broken", help: "", type: "histogram" });
        sink.histogram(HEAD, {
          bounds: [1, 2, 3],
          bucketCount: (i) => (i === 2 ? down() : 1) ?? 0,
          exemplar: () => undefined,
          count: 4,
          sum: 4,
          native: undefined,
        });
      },
    ],
    [
      "for its labels, in the middle of a line",
      (sink) => {
        sink.family({ name: "broken", help: "", type: "gauge" });
        const head = { ...HEAD, labelNames: ["a", "b"] };
        sink.gauge(Object.defineProperty(head, "labelValues", { get: down }), 1);
      },
    ],
    [
      "after a page of many pauses",
      function* (sink) {
        sink.family({ name: "broken", help: "", type: "gauge" });
        for (let i = 0; i < 20_000; i += 1) {
          sink.gauge({ ...HEAD, labelNames: ["i"], labelValues: [`${i}`] }, i);
          yield;
        }
        down();
      },
    ],
  ])("%s; what comes before and after it stays whole", async (_, visit) => {
    const healthy = (name: string): MetricSource => ({
      visit(sink) {
        sink.family({ name, help: "Healthy.", type: "histogram" });
        sink.histogram(HEAD, {
          bounds: [1, 2, 3],
          bucketCount: () => 1,
          exemplar: () => undefined,
          count: 4,
          sum: 4,
          native: undefined,
        });
      },
    });
    registry.gauge({ name: "g", help: "" }).set(1);
    registry.register(healthy("before"));
    registry.register({ visit });
    registry.register(healthy("after"));
    const { families, value } = await page();
    const own = [...families.keys()].filter((name) => !name.startsWith("narthex_"));
    expect(own.sort()).toEqual(["after", "before", "g"]);
    expect(value("before_count")).toBe(4);
    expect(value("after_bucket", { le: "2.0" })).toBe(2);
  });
});

describe("the event loop gets its turns", () => {
  async function turnsOfPage(): Promise<number> {
    return turnsDuring(registry.expose());
  }

  test("while a family of 100,000 series is written", async () => {
    const counter = registry.counter({ name: "c", help: "", labels: ["i"], ...UNLIMITED });
    for (let i = 0; i < 100_000; i += 1) counter.inc({ i });
    expect(await turnsOfPage()).toBeGreaterThanOrEqual(3);
  });

  test("while 1,000 families of 100 series are written", async () => {
    for (let f = 0; f < 1000; f += 1) {
      const counter = registry.counter({ name: `c${f}`, help: "", labels: ["i"] });
      for (let i = 0; i < 100; i += 1) counter.inc({ i });
    }
    expect(await turnsOfPage()).toBeGreaterThanOrEqual(3);
  });

  test("while 100 histograms of 1,000 buckets are written", async () => {
    const buckets = Array.from({ length: 1000 }, (_, i) => i);
    const histogram = registry.histogram({ name: "h", help: "", labels: ["i"], buckets });
    for (let i = 0; i < 100; i += 1) histogram.observe({ i }, i);
    expect(await turnsOfPage()).toBeGreaterThanOrEqual(3);
  });

  test("while a source of 100,000 series that yields is written", async () => {
    registry.register({
      *visit(sink) {
        sink.family({ name: "g", help: "", type: "gauge" });
        for (let i = 0; i < 100_000; i += 1) {
          sink.gauge({ ...HEAD, labelNames: ["i"], labelValues: [`${i}`] }, i);
          yield;
        }
      },
    });
    expect(await turnsOfPage()).toBeGreaterThanOrEqual(3);
  });
});

describe("a page that is written while series come, go and count", () => {
  const SERIES = 15_000;

  test("has no series twice, each that stayed once, and histograms that agree", async () => {
    const counter = registry.counter({ name: "c", help: "", labels: ["i"], ...UNLIMITED });
    const histogram = registry.histogram({
      name: "h",
      help: "",
      labels: ["i"],
      buckets: [1, 2, 3, 4],
      ...UNLIMITED,
    });
    for (let i = 0; i < SERIES; i += 1) {
      counter.inc({ i });
      histogram.observe({ i }, 0.5);
    }
    let seed = 1;
    const random = (below: number) => {
      seed = (seed * 48_271) % 2_147_483_647;
      return seed % below;
    };
    for (let scrape = 0; scrape < 3; scrape += 1) {
      const text = registry.text();
      const turns = await turnsDuring(text, () => {
        for (let step = 0; step < 100; step += 1) {
          // Every third series stays; of the others some go, some come back, and new ones come.
          const i = 3 * random(SERIES / 3);
          const gone = { i: i + 1 + random(2) };
          counter.remove(gone);
          histogram.remove(gone);
          if (step % 3 > 0) {
            counter.inc(gone);
            histogram.observe(gone, 0.5);
          }
          if (step % 10 === 0) counter.inc({ i: `new ${random(1_000_000)}` });
          for (const value of [1.5, 2.5, 3.5, 9]) histogram.observe({ i }, value);
        }
      });
      expect(turns).toBeGreaterThan(0);
      // The parser throws on duplicates, and on buckets and counts that do not agree.
      const { value, families } = parseTextPage(await text);
      for (let i = 0; i < SERIES; i += 3) {
        const labels = { i: `${i}` };
        expect(value("c_total", labels)).toBe(1);
        // Each turn observes four values as one: half of one is never seen.
        const count = value("h_count", labels)!;
        expect(count % 4).toBe(1);
        expect(value("h_sum", labels)).toBe(0.5 + ((count - 1) / 4) * 16.5);
        expect(value("h_bucket", { ...labels, le: "2.0" })).toBe(1 + (count - 1) / 4);
      }
      expect(families.get("c_total")!.samples.length).toBeGreaterThanOrEqual(SERIES / 3);
    }
  });

  test("is whole when all series go and others come in their places", async () => {
    const counter = registry.counter({ name: "c", help: "", labels: ["i"], ...UNLIMITED });
    for (let i = 0; i < 50_000; i += 1) counter.inc({ i });
    let generation = 0;
    const text = registry.text();
    const turns = await turnsDuring(text, () => {
      generation += 1;
      if (generation > 3) return;
      counter.clear();
      for (let i = 0; i < 50_000; i += 1) counter.inc({ i });
    });
    expect(turns).toBeGreaterThan(0);
    parseTextPage(await text);
    expect((await page()).samples).toHaveLength(50_000);
  });

  test("and several at once, are each whole", async () => {
    const gauge = registry.gauge({ name: "g", help: "", labels: ["i"], ...UNLIMITED });
    for (let i = 0; i < 20_000; i += 1) gauge.set({ i }, i);
    const texts = Promise.all([registry.text(), registry.text(), registry.text()]);
    await turnsDuring(texts, () => gauge.set({ i: 0 }, -1));
    for (const text of await texts) {
      const { samples, value } = parseTextPage(text);
      expect(samples).toHaveLength(20_000);
      expect(value("g", { i: "19999" })).toBe(19_999);
    }
  });

  test("survives that its family is unregistered meanwhile", async () => {
    const gauge = registry.gauge({ name: "g", help: "", labels: ["i"], ...UNLIMITED });
    for (let i = 0; i < 20_000; i += 1) gauge.set({ i }, i);
    const text = registry.text();
    await turnsDuring(text, () => {
      if (registry.unregister("g")) registry.gauge({ name: "g", help: "Another." });
    });
    parseTextPage(await text);
    expect((await page()).value("g")).toBe(0);
  });
});

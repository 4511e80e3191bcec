import fc from "fast-check";
import { beforeEach, describe, expect, test } from "vitest";
import { parseTextPage, type TextPage } from "../../../test/text-page.ts";
import { type MetricSource, NarthexError, type SeriesHead } from "../../index.ts";
import { Registry } from "../../registry/registry.ts";

let registry: Registry;
beforeEach(() => {
  registry = new Registry();
});

async function page(): Promise<TextPage> {
  return parseTextPage(await registry.text());
}

/** Any text at all, lone surrogates and control characters included. */
const anyText = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.string({
    unit: fc.constantFrom("\\", '"', "\n", "\r", "n", "{", "}", ",", "=", "#", " ", "é"),
  }),
  fc.array(fc.integer({ min: 0, max: 0xffff })).map((units) => String.fromCharCode(...units)),
);

function head(names: string[], values: string[], timestamp = Number.NaN): SeriesHead {
  return {
    labelNames: names,
    labelValues: values,
    created: Number.NaN,
    timestamp,
    slot: 0,
    tenancy: 0,
  };
}

test("a page as Prometheus documents it", async () => {
  const requests = registry.counter({
    name: "http_requests",
    help: "The total number of HTTP requests.",
    labels: ["method", "code"],
  });
  requests.inc({ method: "post", code: 200 }, 1027);
  requests.inc({ method: "post", code: 400 }, 3);
  registry.gauge({ name: "temperature", help: "C:\\DIR\nsecond line" }).set(-0.25);
  const seconds = registry.histogram({
    name: "request_seconds",
    help: "How long.",
    labels: ["path"],
    buckets: [0.05, 1],
  });
  seconds.observe({ path: 'C:\\"x"\n' }, 0.05);
  seconds.observe({ path: 'C:\\"x"\n' }, 2);
  expect(await registry.text()).toBe(
    String.raw`# HELP http_requests_total The total number of HTTP requests.
# TYPE http_requests_total counter
http_requests_total{method="post",code="200"} 1027
http_requests_total{method="post",code="400"} 3
# HELP temperature C:\\DIR\nsecond line
# TYPE temperature gauge
temperature -0.25
# HELP request_seconds How long.
# TYPE request_seconds histogram
request_seconds_bucket{path="C:\\\"x\"\n",le="0.05"} 1
request_seconds_bucket{path="C:\\\"x\"\n",le="1.0"} 1
request_seconds_bucket{path="C:\\\"x\"\n",le="+Inf"} 2
request_seconds_sum{path="C:\\\"x\"\n"} 2.05
request_seconds_count{path="C:\\\"x\"\n"} 2
`,
  );
});

describe("what is written is what is read", () => {
  test("label values and help texts", async () => {
    const property = fc.asyncProperty(anyText, anyText, anyText, async (help, first, second) => {
      registry = new Registry({ labels: { constant: second } });
      registry.gauge({ name: "g", help, labels: ["a", "b"] }).set({ a: first, b: second }, 1);
      const { families, samples } = await page();
      expect(families.get("g")?.help).toBe(help.toWellFormed());
      const values = { constant: second, a: first, b: second };
      for (const [name, value] of Object.entries(values)) {
        expect(samples[0]?.labels[name]).toBe(value.toWellFormed());
      }
    });
    await fc.assert(property, { numRuns: 300 });
  });

  test("numbers, to the last bit", async () => {
    const number = fc.oneof(
      fc.double(),
      fc.maxSafeInteger(),
      fc.integer(),
      fc.integer({ min: -1_000_000, max: 1_000_000 }).map((n) => n / 1000),
      fc.integer().map((n) => n / 1e6),
      fc.integer({ min: 0, max: 100 }).map((n) => Number.MAX_SAFE_INTEGER - n),
      fc.integer({ min: -40, max: 40 }).map((power) => 10 ** power),
      fc.constantFrom(
        -0,
        2 ** 53,
        -(2 ** 53),
        2 ** 31,
        -(2 ** 31),
        2 ** 31 - 1,
        2 ** 32,
        0.1 + 0.2,
      ),
    );
    const property = fc.asyncProperty(fc.array(number, { maxLength: 50 }), async (numbers) => {
      registry = new Registry();
      const gauge = registry.gauge({ name: "g", help: "", labels: ["i"] });
      numbers.forEach((value, i) => {
        gauge.set({ i }, value);
      });
      const { value } = await page();
      for (const [i, number] of numbers.entries()) {
        expect(value("g", { i: `${i}` })).toBe(number);
      }
    });
    await fc.assert(property, { numRuns: 200 });
  });

  test("bounds, in one spelling a bound", async () => {
    const bounds = fc
      .uniqueArray(fc.double({ noNaN: true, noDefaultInfinity: true }), { maxLength: 8 })
      .map((numbers) => [...new Set(numbers.map((bound) => bound + 0))].sort((a, b) => a - b));
    const property = fc.asyncProperty(bounds, async (buckets) => {
      registry = new Registry();
      registry.histogram({ name: "h", help: "", buckets });
      const { samples } = await page();
      const les = samples.flatMap(({ labels }) => (labels.le === undefined ? [] : [labels.le]));
      expect(les.pop()).toBe("+Inf");
      expect(les.map(Number)).toEqual(buckets);
    });
    await fc.assert(property);
  });

  test("a megabyte of label value", async () => {
    const value = 'é"\\\n'.repeat(250_000);
    registry.gauge({ name: "g", help: "", labels: ["a"] }).set({ a: value }, 1);
    expect((await page()).samples[0]?.labels.a === value).toBe(true);
  });

  test("bytes that look like a signalling NaN, at whatever offset", async () => {
    const gauge = registry.gauge({ name: "g", help: "", labels: ["a"] });
    const values = Array.from({ length: 64 }, (_, i) => `${"x".repeat(i)}${"\x7f😀".repeat(8)}`);
    for (const a of values) gauge.set({ a }, 1);
    const read = async () => (await page()).samples.map(({ labels }) => labels.a);
    expect(await read()).toEqual(values);
    // And once more when the code that writes has been optimized.
    for (let scrape = 0; scrape < 200; scrape += 1) await registry.text();
    expect(await read()).toEqual(values);
  });

  test("label values that change their place from one page to the next", async () => {
    const gauge = registry.gauge({ name: "g", help: "", labels: ["a"] });
    for (let round = 0; round < 20; round += 1) {
      for (let i = 0; i < 50; i += 1) gauge.set({ a: `${"v".repeat(i % 7)}${i}` }, round);
      for (let i = round % 3; i < 50; i += 3) gauge.remove({ a: `${"v".repeat(i % 7)}${i}` });
      gauge.set({ a: `round ${round}` }, round);
      const { value, samples } = await page();
      expect(value("g", { a: `round ${round}` })).toBe(round);
      expect(samples.every(({ labels }) => /^(v*[0-9]+|round [0-9]+)$/.test(labels.a!))).toBe(true);
    }
  });
});

describe("numbers", () => {
  test.each([
    [Number.NaN, "NaN"],
    [Number.POSITIVE_INFINITY, "+Inf"],
    [Number.NEGATIVE_INFINITY, "-Inf"],
    [0, "0"],
    [42, "42"],
    [-1.5, "-1.5"],
    [Number.MAX_SAFE_INTEGER, "9007199254740991"],
    [-Number.MAX_SAFE_INTEGER, "-9007199254740991"],
    [Number.MAX_SAFE_INTEGER - 46, "9007199254740945"],
  ])("%d is written as %s", async (value, text) => {
    registry.gauge({ name: "g", help: "" }).set(value);
    expect(await registry.text()).toContain(`\ng ${text}\n`);
  });
});

describe("le is written as Go's shortest %g, with .0 on whole numbers", () => {
  test.each([
    [0, "0.0"],
    [1, "1.0"],
    [-1, "-1.0"],
    [10, "10.0"],
    [2.5, "2.5"],
    [0.005, "0.005"],
    [0.0001, "0.0001"],
    [0.00001, "1e-05"],
    [0.000025, "2.5e-05"],
    [123456, "123456.0"],
    [1e6, "1e+06"],
    [1234567, "1.234567e+06"],
    [1e21, "1e+21"],
    [1e100, "1e+100"],
    [5e-324, "5e-324"],
    [1.7976931348623157e308, "1.7976931348623157e+308"],
    [0.1 + 0.2, "0.30000000000000004"],
    [-0.00001, "-1e-05"],
  ])("%d is %s", async (bound, text) => {
    registry.histogram({ name: "h", help: "", buckets: [bound] });
    expect(await registry.text()).toContain(`h_bucket{le="${text}"} 0\n`);
  });
});

describe("names that an old Prometheus does not know", () => {
  beforeEach(() => {
    registry = new Registry({ utf8: true });
  });

  test("become underscores, so that the page stays readable", async () => {
    registry
      .gauge({ name: "http.requests-é😀", help: "", labels: ["http.method", "1st"] })
      .set({ "http.method": "GET", "1st": "x" }, 1);
    expect(await registry.text()).toContain('\nhttp_requests___{http_method="GET",_st="x"} 1\n');
  });

  test("a colon is fine in a metric's name, but not in a label's", async () => {
    registry.gauge({ name: "a:b", help: "", labels: ["c:d"] }).set({ "c:d": "x" }, 1);
    expect((await page()).value("a:b", { c_d: "x" })).toBe(1);
  });

  test.each([
    ["a.b", "a_b"],
    ["a:b", "a_b"],
    ["é", "ü"],
  ])("no line carries both %s and %s, which look the same", async (first, second) => {
    try {
      const gauge = registry.gauge({ name: "g", help: "", labels: [first, second] });
      gauge.set({ [first]: "x", [second]: "y" }, 1);
    } catch (error) {
      expect(error).toBeInstanceOf(NarthexError);
    }
    await page();
  });

  test("no label looks like the le of a histogram's bucket, nor like a constant one", async () => {
    registry = new Registry({ labels: { "a.b": "constant" }, utf8: true });
    try {
      registry.histogram({ name: "h", help: "", labels: ["a_b"] }).observe({ a_b: "x" }, 1);
    } catch (error) {
      expect(error).toBeInstanceOf(NarthexError);
    }
    await page();
  });

  test("whatever the names, the page can be read", async () => {
    const name = fc
      .oneof(anyText, fc.string({ unit: fc.constantFrom(":", ".", "a", "1", "_", "-", '"') }))
      .filter((text) => text !== "" && text.isWellFormed());
    const label = name.filter((text) => !text.startsWith("__"));
    const property = fc.asyncProperty(name, label, async (metric, a) => {
      registry = new Registry({ utf8: true });
      registry.gauge({ name: metric, help: "", labels: [a] }).set({ [a]: "x" }, 1);
      registry.histogram({ name: `${metric}h`, help: "", buckets: [1] }).observe(1);
      const { families } = await page();
      expect(families.size).toBe(2);
    });
    await fc.assert(property, { numRuns: 300, examples: [["a:b", "c:d"]] });
  });
});

describe("types that the format does not have", () => {
  test("are written as the nearest it has, and can be read", async () => {
    const source: MetricSource = {
      visit(sink) {
        sink.family({ name: "build", help: "B.", type: "info" });
        sink.info(head(["version"], ["1.2"]));
        sink.family({ name: "mode", help: "M.", type: "stateset" });
        sink.stateSet(head(["of"], ["x"]), { states: ["on", 'o"ff'], isSet: (i) => i === 1 });
        sink.family({ name: "size", help: "S.", type: "summary" });
        sink.summary(head(["of"], ["x"]), {
          quantiles: [0.5, 1],
          quantile: (i) => (i === 0 ? 2.5 : Number.NaN),
          count: 3,
          sum: 7,
        });
        sink.family({ name: "depth", help: "D.", type: "gaugehistogram" });
        sink.histogram(head([], []), {
          bounds: [1],
          bucketCount: (i) => 2 + i,
          exemplar: () => undefined,
          count: 5,
          sum: 9,
          native: undefined,
        });
        sink.family({ name: "what", help: "W.", type: "unknown" });
        sink.unknown(head([], []), -1);
      },
    };
    registry.register(source);
    const { families, value } = await page();
    expect([...families].map(([name, { type, help }]) => [name, type, help])).toEqual([
      ["build_info", "gauge", "B."],
      ["mode", "gauge", "M."],
      ["size", "summary", "S."],
      ["depth", "histogram", "D."],
      ["what", "untyped", "W."],
    ]);
    expect(value("build_info", { version: "1.2" })).toBe(1);
    expect(value("mode", { of: "x", mode: "on" })).toBe(0);
    expect(value("mode", { of: "x", mode: 'o"ff' })).toBe(1);
    expect(value("size", { of: "x", quantile: "0.5" })).toBe(2.5);
    expect(value("size", { of: "x", quantile: "1.0" })).toBeNaN();
    expect(value("size_count", { of: "x" })).toBe(3);
    expect(value("size_sum", { of: "x" })).toBe(7);
    expect(value("depth_bucket", { le: "1.0" })).toBe(2);
    expect(value("depth_bucket", { le: "+Inf" })).toBe(5);
    expect(value("depth_sum")).toBe(9);
    expect(value("what")).toBe(-1);
  });
});

test("the time at which a value was taken is written in milliseconds", async () => {
  registry.register({
    visit(sink) {
      sink.family({ name: "g", help: "", type: "gauge" });
      sink.gauge(head(["a"], ["then"], 1_700_000_000.25), 1);
      sink.gauge(head(["a"], ["now"]), 2);
    },
  });
  const { samples } = await page();
  expect(samples.map(({ timestamp }) => timestamp)).toEqual([1_700_000_000_250, undefined]);
});

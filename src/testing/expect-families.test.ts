import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Registry } from "../registry/registry.ts";
import { expectFamilies } from "./expect-families.ts";
import type { Source } from "./read-page.ts";
import { AssertionError } from "./read-samples.ts";

function articles(): Registry {
  const registry = new Registry();
  const labels = ["category", "lang"] as const;
  const posted = registry.counter({ name: "posted", help: "Articles\nposted.", labels });
  posted.inc({ category: "news", lang: "de" }, 3);
  posted.inc({ category: 'a"b\\c', lang: "en" });
  registry.histogram({ name: "latency_seconds", help: "", buckets: [0.5, 1] }).observe(0.7);
  registry.gauge({ name: "depth", help: "" }).set(Number.NaN);
  return registry;
}

describe("the same metrics", () => {
  test.each([
    [
      "as they are exposed",
      `# HELP posted_total Articles\\nposted.
# TYPE posted_total counter
posted_total{category="news",lang="de"} 3
posted_total{category="a\\"b\\\\c",lang="en"} 1
`,
    ],
    [
      "in another order, indented, and without what need not be there",
      `posted_total{lang="en", category="a\\"b\\\\c"} 1
       posted_total{lang="de", category="news"} 3`,
    ],
    ["with numbers that are written differently", "# TYPE depth gauge\ndepth nan"],
    [
      "that are a histogram",
      `# TYPE latency_seconds histogram
       latency_seconds_count 1
       latency_seconds_sum 7e-1
       latency_seconds_bucket{le="0.50"} 0
       latency_seconds_bucket{le="+Inf"} 1.0
       latency_seconds_bucket{le="1"} 1`,
    ],
    ["that are a part of a histogram", "latency_seconds_sum 0.7"],
    ["that are several families", "depth NaN\nlatency_seconds_count 1\n"],
    ["as OpenMetrics", "# TYPE depth gauge\ndepth NaN\n# EOF\n"],
  ])("%s", async (_, text) => {
    await expectFamilies(articles(), text);
  });

  test("are also those of a page, in whatever format", async () => {
    const accepts = ["text/plain", "application/openmetrics-text; version=2.0.0"];
    for (const accept of accepts) {
      const page = await articles().expose({ accept });
      await expectFamilies(page, await articles().text());
    }
    await expectFamilies("# TYPE x_total counter\nx_total 1 5000\n", "x_total 1.0 5000\n");
  });

  test("are themselves, whatever is in them", async () => {
    const value = fc.oneof(fc.double(), fc.constantFrom(0, -0, Number.NaN, -Infinity));
    const series = fc.tuple(fc.string({ unit: "binary", maxLength: 4 }), value);
    const all = fc.uniqueArray(series, { selector: ([label]) => label, minLength: 1 });
    await fc.assert(
      fc.asyncProperty(all, fc.string({ unit: "binary" }), async (values, help) => {
        const registry = new Registry();
        const gauge = registry.gauge({ name: "g", help, labels: ["x"] });
        for (const [x, number] of values) gauge.set({ x }, number);
        await expectFamilies(registry, await registry.text());
      }),
      { numRuns: 50 },
    );
  });
});

describe("metrics that differ", () => {
  test.each([
    [
      "in a value",
      'posted_total{category="news",lang="de"} 4\nposted_total{category="a\\"b\\\\c",lang="en"} 1',
      [
        '+ posted_total{category="news",lang="de"} 3',
        '- posted_total{category="news",lang="de"} 4',
      ],
    ],
    [
      "in a label",
      'posted_total{category="new",lang="de"} 3\nposted_total{category="a\\"b\\\\c",lang="en"} 1',
      ['- posted_total{category="new",lang="de"} 3', '+ posted_total{category="news",lang="de"} 3'],
    ],
    [
      "in their number",
      'posted_total{category="news",lang="de"} 3',
      ['+ posted_total{category="a\\"b\\\\c",lang="en"} 1'],
    ],
    ["in how often they are there", "depth NaN\ndepth NaN", ["- depth NaN"]],
    [
      "in type",
      "# TYPE depth counter\ndepth NaN",
      ["- # TYPE depth counter", "+ # TYPE depth gauge"],
    ],
    [
      "in help",
      "# HELP depth Depth.\n# TYPE depth gauge\ndepth NaN",
      ["+ # HELP depth ", "- # HELP depth Depth."],
    ],
    ["in a timestamp", "depth NaN 5000", ["+ depth NaN", "- depth NaN 5000"]],
    [
      "in being there at all",
      "# HELP gone Gone.\n# TYPE gone gauge\ngone 1",
      ["- # HELP gone Gone.", "- # TYPE gone gauge", "- gone 1"],
    ],
    [
      "in a part of a histogram",
      "latency_seconds_sum 1",
      ["+ latency_seconds_sum 0.7", "- latency_seconds_sum 1"],
    ],
  ])("%s", async (_, text, lines) => {
    const error = await failure(articles(), text);
    expect(error).toBeInstanceOf(AssertionError);
    expect(error.message.split("\n")).toEqual([
      "The metrics differ (- expected, + actual):",
      "",
      ...lines,
      "",
    ]);
  });

  test("a family that should have no samples", async () => {
    const error = await failure(articles(), "# TYPE depth gauge\n");
    expect(error.message).toContain("\n+ depth NaN\n");
  });

  test("a thousand differences are not all shown", async () => {
    const lines = Array.from({ length: 1000 }, (_, i) => `x{i="${i}"} 1\n`);
    const { message } = await failure("", lines.join(""));
    expect(message).toContain("… and 950 more lines");
    expect(message.split("\n")).toHaveLength(54);
  });
});

test("a text without metrics is a mistake", async () => {
  const error = await failure(articles(), "posted_total");
  expect(error.message).toContain('line 1, "posted_total"');
  expect((await failure(articles(), "# posted_total 1")).message).toContain("no metrics");
});

async function failure(source: Source, expected: string): Promise<Error> {
  return expectFamilies(source, expected).then(
    () => expect.unreachable("nothing was thrown"),
    (error: Error) => error,
  );
}

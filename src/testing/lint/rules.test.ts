import { describe, expect, test } from "vitest";
import { lint } from "../lint.ts";

/** The findings on a page whose families all have a help text. */
async function textsOf(rule: string, page: string): Promise<string[]> {
  const findings = await lint(page.replace(/^# TYPE (\S+)/gm, "# HELP $1 H.\n$&"));
  expect(findings.filter((finding) => finding.rule !== rule)).toEqual([]);
  return findings.map(({ metric, text }) => `${metric}: ${text}`);
}

function histogram(...lines: string[]): string {
  return `# TYPE h histogram\n${lines.map((line) => `h_${line}\n`).join("")}`;
}

describe("interleaved", () => {
  test("families whose samples stand among each other's", async () => {
    const page = "# TYPE a gauge\n# TYPE b gauge\n";
    expect(await textsOf("interleaved", `${page}a{x="1"} 1\nb 1\na{x="2"} 1\n`)).toEqual([
      'a: samples should stand together, but "b" is between lines 5 and 7',
    ]);
    expect(
      await textsOf("interleaved", `${page}a{x="1"} 1\nb{x="1"} 1\na{x="2"} 1\nb{x="2"} 1\n`),
    ).toHaveLength(2);
  });

  test("of many families are found in little time", { timeout: 20_000 }, async () => {
    const names = Array.from({ length: 20_000 }, (_, i) => `a${i}`);
    const helps = names.map((name) => `# HELP ${name} One.\n`);
    const samples = ["1", "2"].flatMap((x) => names.map((name) => `${name}{x="${x}"} 1\n`));
    const page = [...helps, ...samples].join("");
    expect(await textsOf("interleaved", page)).toHaveLength(names.length);
  });

  test("comments and empty lines are no samples", async () => {
    const page = '# TYPE a gauge\na{x="1"} 1\n\n# b\n# TYPE b gauge\na{x="2"} 1\nb 2\n';
    expect(await textsOf("interleaved", page)).toEqual([]);
  });
});

describe("negative-count", () => {
  test("a counter below zero, and what histograms and summaries count", async () => {
    expect(await textsOf("negative-count", '# TYPE a_total counter\na_total{x="y"} -1\n')).toEqual([
      'a_total: counts should not be negative: a_total{x="y"} -1',
    ]);
    expect(await textsOf("negative-count", "# TYPE s summary\ns_sum 1\ns_count -2\n")).toEqual([
      "s: counts should not be negative: s_count -2",
    ]);
    const page = histogram('bucket{le="+Inf"} -1', "sum 1", "count -1");
    expect(await textsOf("negative-count", page)).toHaveLength(1);
  });

  test("gauges, sums and quantiles may be negative", async () => {
    const page =
      '# TYPE a gauge\na -1\n# TYPE s summary\ns{quantile="0.5"} -1\ns_sum -1\ns_count 1\n';
    expect(await textsOf("negative-count", page)).toEqual([]);
  });

  test("a megabyte of labels is not repeated", async () => {
    const page = `# TYPE a_total counter\na_total{x="${"🔥".repeat(1e5)}"} -1\n`;
    const [text] = await textsOf("negative-count", page);
    expect(text!.length).toBeLessThan(300);
  });
});

describe("cumulative-buckets", () => {
  test("a bucket that counts less than a lower one, in whatever order they stand", async () => {
    const buckets = ['bucket{le="10"} 3', 'bucket{le="2"} 5', 'bucket{le="+Inf"} 5'];
    expect(await textsOf("cumulative-buckets", histogram(...buckets))).toEqual([
      'h: buckets should count what lower ones count: h_bucket{le="2.0"} 5, but h_bucket{le="10.0"} 3',
    ]);
  });

  test("each series has its own buckets", async () => {
    const buckets = ["1", "2"].flatMap((i) => [
      `bucket{a="${i}",le="1"} ${i}`,
      `bucket{a="${i}",le="+Inf"} ${i}`,
    ]);
    expect(await textsOf("cumulative-buckets", histogram(...buckets.reverse()))).toEqual([]);
  });
});

describe("infinite-bucket", () => {
  test("buckets that end below +Inf", async () => {
    const page = histogram('bucket{le="2"} 5', 'bucket{le="10"} 6', "sum 9", "count 6");
    expect(await textsOf("infinite-bucket", page)).toEqual([
      'h: the last bucket should be that of le="+Inf": h_bucket{le="10.0"} 6',
    ]);
  });

  test("a histogram without classic buckets may have native ones", async () => {
    expect(await textsOf("infinite-bucket", histogram("sum 9", "count 6"))).toEqual([]);
  });
});

describe("count-and-sum", () => {
  test.each(["sum", "count"])("a %s alone", async (part) => {
    expect(await textsOf("count-and-sum", histogram('bucket{le="+Inf"} 5', `${part} 5`))).toEqual([
      `h: histograms should have "_count" where they have "_sum": h_${part} 5 stands alone`,
    ]);
  });

  test("a count that is not that of the bucket +Inf", async () => {
    const page = histogram('bucket{le="+Inf"} 5', "sum 1", "count 6");
    expect(await textsOf("count-and-sum", page)).toEqual([
      'h: "_count" should be that of bucket le="+Inf": h_count 6, but h_bucket{le="+Inf"} 5',
    ]);
  });

  test("the other series of the family are right", async () => {
    const page = histogram(
      'bucket{a="1",le="+Inf"} 5',
      'sum{a="1"} 1',
      'count{a="1"} 5',
      'bucket{a="2",le="+Inf"} 7',
      'sum{a="2"} 1',
      'count{a="2"} 8',
    );
    expect(await textsOf("count-and-sum", page)).toEqual([expect.stringContaining('a="2"')]);
  });
});

describe("unbounded-label", () => {
  const uuid = (i: number) => `0f8fad5b-d9cb-469f-a165-70867728950${i}`;
  const gauges = (name: string, values: string[]) =>
    `# TYPE ${name} gauge\n${values.map((value) => `${name}{x="${value}"} 1\n`).join("")}`;

  test("ids as label values, or in them", async () => {
    const values = [0, 1, 2, 3, 4, 5].map(uuid);
    expect(await textsOf("unbounded-label", gauges("a", values))).toEqual([
      'a: labels should not be ids: 6 values of "x" have UUIDs in them',
    ]);
    const paths = values.map((value) => `/users/${value.toUpperCase()}/mail`);
    expect(await textsOf("unbounded-label", gauges("a", paths))).toHaveLength(1);
  });

  test("a few instances, numbers, and infos are no alarm", async () => {
    const page =
      gauges("a", [0, 1, 2, 3, 4].map(uuid)) +
      gauges("b", ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"]) +
      gauges("c_info", [0, 1, 2, 3, 4, 5].map(uuid));
    expect(await textsOf("unbounded-label", page)).toEqual([]);
  });
});

describe("the rules that promtool has, too", () => {
  test.each([
    ["base-unit", "# TYPE x_mebibits gauge\n", 'use base unit "bytes" instead of "mebibits"'],
    [
      "total-suffix",
      "# TYPE x_total summary\n",
      'non-counter metrics should not have "_total" suffix',
    ],
    [
      "reserved-suffix",
      "# TYPE x_sum gauge\n",
      'non-histogram and non-summary metrics should not have "_sum" suffix',
    ],
    ["colon", "# TYPE a:b gauge\n", "metric names should not contain ':'"],
  ])("%s looks at families that have no series yet", async (rule, page, text) => {
    expect(await textsOf(rule, page)).toEqual([expect.stringContaining(`: ${text}`)]);
  });

  test("what every series has is said once", async () => {
    const page = '# TYPE a gauge\na{aB="1",le="1"} 1\na{aB="2",le="1"} 1\na{aB="2",le="1"} 1\n';
    expect((await lint(page)).map(({ rule }) => rule)).toEqual([
      "no-help",
      "reserved-label",
      "snake-case",
      "duplicate-series",
    ]);
  });

  test("names of one part, or of UTF-8, are as good as others", async () => {
    expect(
      await textsOf("", '# TYPE s gauge\n# TYPE "_" gauge\n{"_"} 1\n# TYPE "é.b" gauge\n'),
    ).toEqual([]);
  });
});

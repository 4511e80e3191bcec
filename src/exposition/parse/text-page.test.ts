import { describe, expect, test } from "vitest";
import { record } from "../../../test/recording.ts";
import { ACCEPTED, bytesOf, REFUSED } from "../../../test/text-pages.ts";
import { thrown } from "../../../test/thrown.ts";
import { parse } from "./parse.ts";

const samplesOf = (page: string | Uint8Array) =>
  parse(page).families.flatMap(({ samples }) =>
    samples.map(({ name, labels, value, timestamp }) => [name, { ...labels }, value, timestamp]),
  );

test.each([
  ["no newline at the end", "a 1", {}, 1],
  ["blanks around all parts", ' \ta\t{ b = "c" ,\td="e" }\t1 \n', { b: "c", d: "e" }, 1],
  ["no blank before the value", 'a{b="c"}1\n', { b: "c" }, 1],
  ["a comma after the last label", 'a{b="c",} 1\n', { b: "c" }, 1],
  ["empty braces", "a{} 1\n", {}, 1],
  ["a quoted name and quoted labels", '{"a","b.c"="d"} 1\n', { "b.c": "d" }, 1],
  ["a quoted name among the labels", '{b="c","a"} 1\n', { b: "c" }, 1],
  ["escapes", String.raw`a{b="\\\"\n\t"} 1`, { b: '\\"\n\\t' }, 1],
  ["a NUL", 'a{b="\0"} 1\n', { b: "\0" }, 1],
  ["a carriage return in a label", 'a{b="c\rd"} 1\n', { b: "c\rd" }, 1],
  ["+Inf", "a +Inf\n", {}, Number.POSITIVE_INFINITY],
  ["-infinity", "a -infinity\n", {}, Number.NEGATIVE_INFINITY],
  ["nan", "a nan\n", {}, Number.NaN],
  ["-0", "a -0\n", {}, -0],
  ["a number without digits before the point", "a .5\n", {}, 0.5],
  ["an exponent", "a +5.E-1\n", {}, 0.5],
])("a sample is read with %s", (_, page, labels, value) => {
  expect(samplesOf(page)).toEqual([["a", labels, value, Number.NaN]]);
});

test("timestamps are milliseconds on the page, and seconds here", () => {
  expect(samplesOf("a 1 1520879607789 \n")).toEqual([["a", {}, 1, 1520879607.789]]);
});

test.each(ACCEPTED)("%j is read, as Prometheus does", (page) => {
  expect(() => parse(bytesOf(page))).not.toThrow();
});

test.each(REFUSED)("%j is refused, as Prometheus does", (page) => {
  expect(thrown(() => parse(bytesOf(page))).code).toBe("NARTHEX_PAGE_INVALID");
});

test("newlines in quotes are part of the text, and lines are counted on", () => {
  expect(
    parse('a{b="c\nd"} 1\n# TYPE "e\nf" gauge\n{"e\nf"} 2\n').families.flatMap(
      ({ name, samples }) => samples.map(({ labels, line }) => [name, { ...labels }, line]),
    ),
  ).toEqual([
    ["a", { b: "c\nd" }, 1],
    ["e\nf", {}, 5],
  ]);
  expect(thrown(() => parse('a{b="c\nd"} 1\na 1 1 1\n')).message).toContain("line 3");
});

test("bytes that are not UTF-8 are refused where they mean something, with the line", () => {
  const page = bytesOf('# \ud800\na{b="\ufffd"} 1\n');
  expect(samplesOf(page)).toEqual([["a", { b: "\ufffd" }, 1, Number.NaN]]);
  const { message } = thrown(() => parse(bytesOf('# \ud800\na{b="\ud800"} 1\n')));
  expect(message).toContain("line 2");
  expect(message).toContain("UTF-8");
});

test("comments and blank lines mean nothing", () => {
  const page =
    "\n# \n#\n \t\n# comment \\\n#HELP a no help\n# HELPFUL a\n# TYPE\n# EOF\n# HELP a\na 1\n\n";
  expect(parse(page).families).toMatchObject([{ name: "a", help: "", samples: [{ line: 11 }] }]);
});

test("help texts keep all but the escapes of backslash and newline", () => {
  const page = String.raw`# HELP a  two\nlines, \\n, \"quotes\" and "more"`;
  expect(parse(page).families[0]?.help).toBe(' two\nlines, \\n, \\"quotes\\" and "more"');
});

describe("families", () => {
  test("have the type of their TYPE, in the order of the page, however their samples lie", () => {
    const page =
      '# TYPE a counter\na{x="1"} 1\nb 2\n# TYPE c gauge\nc 3\na{x="2"} 4\n# TYPE d untyped\n';
    expect(
      parse(page).families.map(({ name, type, samples }) => [name, type, samples.length]),
    ).toEqual([
      ["a", "counter", 2],
      ["b", "unknown", 1],
      ["c", "gauge", 1],
      ["d", "unknown", 0],
    ]);
  });

  test("of counters may lack _total", () => {
    expect(
      parse("# TYPE a_total counter\na_total 1\n# TYPE b counter\nb 2\n# TYPE _total counter\n")
        .families,
    ).toMatchObject([
      { name: "a", samples: [{ name: "a_total" }] },
      { name: "b", bare: true },
      { name: "_total", bare: true },
    ]);
  });

  test("take in the parts of histograms and summaries, but not what only looks like it", () => {
    const page =
      "# TYPE h histogram\nh_count 1\n# TYPE s summary\ns_sum 1\ns_bucket 1\nx_count 1\n# TYPE h_sum gauge\nh_sum 5\n";
    expect(
      parse(page).families.map(({ name, samples }) => [name, samples.map((each) => each.name)]),
    ).toEqual([
      ["h", ["h_count"]],
      ["s", ["s_sum"]],
      ["s_bucket", ["s_bucket"]],
      ["x_count", ["x_count"]],
      ["h_sum", ["h_sum"]],
    ]);
  });
});

test("a histogram's lines may come in any order, and its bounds in any form", () => {
  const page = `# TYPE h histogram
h_bucket{a="x",le="2"} 5
h_count{a="x"} 9
h_bucket{le="1.0",a="x"} 3
h_bucket{a="x",le="+Inf"} 9
h_bucket{le="1",a="x"} 4
h_sum{a="x"} 1.5
`;
  const [family] = record(parse(page));
  expect(family?.series.map(({ labels, value }) => [labels, value])).toEqual([
    [
      [["a", "x"]],
      {
        buckets: [
          [1, 3, undefined],
          [2, 2, undefined],
          [Number.POSITIVE_INFINITY, 4, undefined],
        ],
        count: 9,
        sum: 1.5,
        native: undefined,
      },
    ],
  ]);
});

test.each([
  ["a part is missing", "h_count 1", "h_sum 2"],
  ["the bucket +Inf is missing", 'h_bucket{le="1"} 1', "h_count 1", "h_sum 2"],
  ["the sum is missing", 'h_bucket{le="+Inf"} 1', "h_count 1"],
  ["the count is another", 'h_bucket{le="+Inf"} 1', "h_count 2", "h_sum 2"],
  ["counts go down", 'h_bucket{le="1"} 2', 'h_bucket{le="+Inf"} 1', "h_count 1", "h_sum 2"],
  ["counts are not whole", 'h_bucket{le="+Inf"} 1.5', "h_count 1.5", "h_sum 2"],
  ["a bound is no number", 'h_bucket{le="x"} 1', 'h_bucket{le="+Inf"} 1', "h_count 1", "h_sum 2"],
  ["a sample is of no part", 'h_bucket{le="+Inf"} 1', "h_count 1", "h_sum 2", "h 3"],
  ["a bucket has no bound", 'h_bucket{le="+Inf"} 1', "h_bucket 1", "h_count 1", "h_sum 2"],
  ["another part has a bound", 'h_bucket{le="+Inf"} 1', 'h_count{le="1"} 1', 'h_sum{le="1"} 2'],
])("a histogram is samples of unknown type where %s", (_, ...lines) => {
  const families = record(parse(`# TYPE h histogram\n# HELP h Help.\n${lines.join("\n")}\n`));
  const samples = families.flatMap(({ name, type, help, series }) => {
    expect([type, help]).toEqual(["unknown", "Help."]);
    return series.map(({ labels, value }) => {
      const text = labels.map(([label, value]) => `${label}="${value}"`).join();
      return `${name}${text && `{${text}}`} ${value}`;
    });
  });
  expect(samples.sort()).toEqual(lines.sort());
});

test("a summary is read, with quantiles or without", () => {
  const page =
    '# TYPE s summary\ns{quantile="0.5"} 1\ns{quantile="0.50"} 2\ns_sum 4\ns_count 3\ns_sum{a="b"} 5\ns_count{a="b"} 6\n';
  const [family] = record(parse(page));
  expect(family?.series.map(({ value }) => value)).toEqual([
    { quantiles: [[0.5, 1]], count: 3, sum: 4 },
    { quantiles: [], count: 6, sum: 5 },
  ]);
});

test("a series may be given at several times, which come in order", () => {
  const [family] = record(parse("a 1 2000\na 2 1000\na 3 2000\n"));
  expect(family?.series.map(({ timestamp, value }) => [timestamp, value])).toEqual([
    [1, 2],
    [2, 1],
    [2, 3],
  ]);
});

test.each([
  ["a 1\r\n", "1\\r"],
  ["a\n", "the value"],
  ["a 1 2 3\n", "goes on"],
  ['a 1 # {b="c"} 1\n', "timestamp"],
  ["a 1 1.5\n", "timestamp"],
  ["a 1 -5\n", "timestamp"],
  ["a 1 99999999999999999999\n", "timestamp"],
  ["a 0x1p-3\n", "0x1p-3"],
  ["a 1_000\n", "1_000"],
  ["a 1e999\n", "1e999"],
  ["a +NaN\n", "+NaN"],
  ["a .\n", "the value"],
  ["1a 1\n", "name"],
  ["{} 1\n", "name"],
  ['{""} 1\n', "name"],
  ['a{"b"} 1\n', "two names"],
  ['{"a","b"} 1\n', "no value"],
  ["a{,} 1\n", "no name"],
  ['a{b="c",,} 1\n', "no name"],
  ['a{b="c",b="d"} 1\n', "twice"],
  ['a{__name__="b"} 1\n', "__name__"],
  ["a{b=c} 1\n", "double quotes"],
  ["a{b='c'} 1\n", "double quotes"],
  ['a{b="c\\\nd"} 1\n', "not closed"],
  ["# TYPE a\na 1\n", "type"],
  ["# TYPE a meh\na 1\n", '"meh"'],
  ["# TYPE a gauge \na 1\n", '"gauge "'],
  ["# TYPE a Gauge\na 1\n", '"Gauge"'],
  ["# HELP  \na 1\n", "name"],
  ["# HELP aé\na 1\n", "no blank"],
])("%j is refused", (page, reason) => {
  const { code, message } = thrown(() => parse(page));
  expect(code).toBe("NARTHEX_PAGE_INVALID");
  expect(message).toContain(reason);
});

test("a HELP of nothing but a tab keeps it, as in Prometheus", () => {
  expect(parse("# HELP a \t\na 1\n").families[0]!.help).toBe("\t");
});

test("of several TYPEs and HELPs the last one counts, wherever it stands", () => {
  const page =
    "# TYPE a gauge\n# HELP a one\na 1\n# TYPE a counter\n# HELP a two\n# HELP b x\n# HELP b\n";
  expect(parse(page).families).toMatchObject([
    { name: "a", type: "counter", bare: true, help: "two", samples: [{ value: 1 }] },
    { name: "b", help: "" },
  ]);
});

test("a histogram has its parts, also where they come before its TYPE", () => {
  const page =
    'h_bucket{le="1"} 1\n# TYPE h histogram\nh_sum 1\nh_bucket{le="+Inf"} 2\nx_sum 4\nh_count 2\n';
  expect(
    parse(page).families.map(({ name, samples }) => [name, samples.map(({ line }) => line)]),
  ).toEqual([
    ["h", [1, 3, 4, 6]],
    ["x_sum", [5]],
  ]);
});

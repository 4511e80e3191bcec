import { expect, test } from "vitest";
import { record } from "../../../../test/recording.ts";
import { thrown } from "../../../../test/thrown.ts";
import { parse } from "../parse.ts";

const page = (text: string) =>
  parse(`${text}\n# EOF\n`, { contentType: "application/openmetrics-text; version=1.0.0" });

test("names and labels may be quoted", () => {
  const { families } = page(
    '# TYPE "a.b" counter\n# HELP "a.b" x\n{"a.b_total","c.d"="e",f="g"} 1',
  );
  expect(families).toMatchObject([
    { name: "a.b", samples: [{ name: "a.b_total", labels: { "c.d": "e", f: "g" } }] },
  ]);
});

test("a series is put together of its samples, one time after the other", () => {
  const text = `# TYPE h histogram
h_bucket{a="b",le="1"} 2 10 # {id="x"} 0.5 9
h_bucket{a="b",le="+Inf"} 3 10
h_count{a="b"} 3 10
h_sum{a="b"} 4.5 10
h_created{a="b"} 7.5 10
h_bucket{a="b",le="+Inf"} 4 20`;
  expect(record(page(text))[0]?.series).toEqual([
    {
      labels: [["a", "b"]],
      created: 7.5,
      timestamp: 10,
      value: {
        buckets: [
          [1, 2, { labels: { id: "x" }, value: 0.5, timestamp: 9 }],
          [Number.POSITIVE_INFINITY, 1, undefined],
        ],
        count: 3,
        sum: 4.5,
        native: undefined,
      },
    },
    {
      labels: [["a", "b"]],
      created: Number.NaN,
      timestamp: 20,
      value: {
        buckets: [[Number.POSITIVE_INFINITY, 4, undefined]],
        count: 4,
        sum: undefined,
        native: undefined,
      },
    },
  ]);
});

test("a gauge histogram and a state set are read", () => {
  const text = `# TYPE g gaugehistogram
g_bucket{le="-1.0"} 1
g_bucket{le="+Inf"} 3
g_gcount 3
g_gsum -5
# TYPE s stateset
s{s="on"} 1
s{s="off"} 0`;
  expect(record(page(text)).map(({ type, series }) => [type, series[0]?.value])).toEqual([
    [
      "gaugehistogram",
      {
        buckets: [
          [-1, 1, undefined],
          [Number.POSITIVE_INFINITY, 2, undefined],
        ],
        count: 3,
        sum: -5,
        native: undefined,
      },
    ],
    [
      "stateset",
      [
        ["on", true],
        ["off", false],
      ],
    ],
  ]);
});

test("a counter that says when it began, but not how far it came, is not exposed again", () => {
  const [family] = record(page("# TYPE a counter\na_created 5"));
  expect(family).toMatchObject({ name: "a", series: [] });
});

test("a series that is there twice is refused", () => {
  expect(thrown(() => page("# TYPE a gauge\na 1\na 1")).message).toContain("line 3");
});

test("a histogram that contradicts itself is told by its own last line", () => {
  const text = '# TYPE h histogram\nh_bucket{le="1"} 2\nh_bucket{le="+Inf"} 1\n# TYPE x gauge\nx 1';
  expect(thrown(() => page(text)).message).toContain("line 3");
});

test.each([
  ["blanks between labels", 'a{b="c", d="e"} 1', "a label has no name"],
  ["a comma after the last label", 'a{b="c",} 1', "a label has no name"],
  ["a quoted name after labels", '{b="c","a"} 1', "a label has no value"],
  ["a second quoted name", '{"a","b"} 1', "a label has no value"],
  ["a name besides the quoted one", 'a{"a"} 1', "it has two names"],
  ["a carriage return", "a 1\r", 'the value is "1\\r", which is no number'],
  ["a second exemplar", "# TYPE a counter\na_total 1 # {} 1 # {} 1", '"#" is not a timestamp'],
  ["st@, which is 2.0", "# TYPE a counter\na_total 1 st@1", '"st@1" is not a timestamp'],
  [
    "a composite value, which is 2.0",
    "# TYPE a summary\na {count:1,sum:1,quantile:[]}",
    'the value is "", which is no number',
  ],
  ["a value out of range", "a 1e999", 'the value is "1e999", which is no number'],
])("%s is refused", (_, text, reason) => {
  const { code, message } = thrown(() => page(text));
  expect(code).toBe("NARTHEX_PAGE_INVALID");
  expect(message).toContain(`: ${reason}.`);
});

test.each(["a 1", "a 1\n", "# EOF\na 1\n", "# EOF\n\n", "# EOF \n"])(
  "%j is refused: the page must end in # EOF",
  (text) => {
    const work = () => parse(text, { contentType: "application/openmetrics-text" });
    expect(thrown(work).message).toContain("EOF");
  },
);

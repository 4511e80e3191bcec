import { expect, test } from "vitest";
import { type RecordedHistogram, record } from "../../../../test/recording.ts";
import { thrown } from "../../../../test/thrown.ts";
import { parse } from "../parse.ts";

const page = (text: string) =>
  parse(`${text}\n# EOF\n`, { contentType: "application/openmetrics-text; version=2.0.0" });

const native = "schema:2,zero_threshold:1e-4,zero_count:1";
const classic = "bucket:[1:2,+Inf:5]";

test("a sample has its times and all its exemplars, of which the newest is a counter's", () => {
  const text =
    '# TYPE a_total counter\na_total 5 20 st@10.5 # {id="x"} 1 15 # {} 2 19 # {id="y"} 3 17';
  const { families } = page(text);
  expect(families[0]?.samples[0]).toMatchObject({ value: 5, timestamp: 20, created: 10.5 });
  expect(families[0]?.samples[0]?.exemplars).toEqual([
    { labels: { id: "x" }, value: 1, timestamp: 15 },
    { labels: {}, value: 2, timestamp: 19 },
    { labels: { id: "y" }, value: 3, timestamp: 17 },
  ]);
  expect(record(page(text))).toEqual([
    {
      name: "a",
      help: "",
      type: "counter",
      series: [
        {
          labels: [],
          created: 10.5,
          timestamp: 20,
          value: { value: 5, exemplar: { labels: {}, value: 2, timestamp: 19 } },
        },
      ],
    },
  ]);
});

test("a counter may lack _total, an unknown any metadata, and an info ends in _info", () => {
  const { families } = page("# TYPE a counter\na 1\n# TYPE b_info info\nb_info 1\nc 1");
  expect(families).toMatchObject([
    { name: "a", type: "counter", bare: true },
    { name: "b", type: "info" },
    { name: "c", type: "unknown" },
  ]);
});

test("a native histogram is read, its exemplars and its classic buckets with it", () => {
  const text = `# TYPE h histogram
h {count:5,sum:3.5,${native},negative_spans:[-1:1],negative_buckets:[1],positive_spans:[-3:2,2:1],positive_buckets:[1,0,2],${classic}} # {id="x"} 0.5 15 # {} NaN 16`;
  const [first, last] = [
    { labels: { id: "x" }, value: 0.5, timestamp: 15 },
    { labels: {}, value: Number.NaN, timestamp: 16 },
  ];
  expect(record(page(text))[0]?.series[0]?.value).toEqual({
    buckets: [
      [1, 2, first],
      [Number.POSITIVE_INFINITY, 3, last],
    ],
    count: 5,
    sum: 3.5,
    native: {
      schema: 2,
      zeroThreshold: 1e-4,
      zeroCount: 1,
      negative: { spans: [{ offset: -1, length: 1 }], counts: [1] },
      positive: {
        spans: [
          { offset: -3, length: 2 },
          { offset: 2, length: 1 },
        ],
        counts: [1, 0, 2],
      },
      exemplars: [first, last],
    },
  });
});

test("a native histogram without classic buckets counts all in one", () => {
  const text = `# TYPE h gaugehistogram\nh {gcount:0.5,gsum:-2,${native}}`;
  const value = record(page(text))[0]?.series[0]?.value as RecordedHistogram;
  expect(value.buckets).toEqual([[Number.POSITIVE_INFINITY, 0.5, undefined]]);
  expect(value.native?.positive).toEqual({ spans: [], counts: [] });
});

test("composite values of unknown type are exposed as what they are", () => {
  const text = `a {count:5,sum:3.5,${classic}}\nb {count:1,sum:2,quantile:[0.5:NaN,1:3]}`;
  expect(page(text).families.map(({ type }) => type)).toEqual(["unknown", "unknown"]);
  expect(record(page(text))).toMatchObject([
    { type: "histogram", series: [{ value: { count: 5 } }] },
    {
      type: "summary",
      series: [
        {
          value: {
            quantiles: [
              [0.5, Number.NaN],
              [1, 3],
            ],
          },
        },
      ],
    },
  ]);
});

test("a state set is put together of its states at each time", () => {
  const text =
    '# TYPE s stateset\ns{a="x",s="on"} 1 10\ns{a="x",s="on"} 0 20\ns{a="x",s="off"} 0 10\ns{a="x",s="off"} 1 20';
  expect(record(page(text))[0]?.series.map(({ timestamp, value }) => [timestamp, value])).toEqual([
    [
      10,
      [
        ["on", true],
        ["off", false],
      ],
    ],
    [
      20,
      [
        ["on", false],
        ["off", true],
      ],
    ],
  ]);
});

test.each([
  ["a family in two pieces", "a 1\na_total 1\na 2 1", '"a" is of another family already'],
  [
    "a second sample without a timestamp",
    "a 1\na 1",
    "it is there already, and has no newer timestamp",
  ],
  [
    "a second sample of the same time",
    "a 1 5\na 2 5",
    "it is there already, and has no newer timestamp",
  ],
  [
    "series out of turn",
    'a{b="1"} 1\na{b="2"} 1\na{b="1"} 1 5',
    "other series stand between samples of its own",
  ],
  [
    "a state out of turn",
    '# TYPE s stateset\ns{s="a"} 1 1\ns{s="b"} 1 1\ns{s="a"} 1 2',
    "its state had its turn already",
  ],
  [
    "a name quoted here and not there",
    '# TYPE "a" gauge\na 1',
    "the family's name is in quotes in one line, and not in another",
  ],
  ["st@ before the timestamp", "# TYPE a counter\na 1 st@1 5", '"5" is too much'],
  ["st@ on a gauge", "# TYPE a gauge\na 1 st@1", "a gauge has st@"],
  ["an exemplar on a gauge", "# TYPE a gauge\na 1 # {} 1 1", "a gauge has exemplars"],
  [
    "an exemplar without a timestamp",
    "# TYPE a counter\na 1 # {} 1",
    "an exemplar's timestamp does not follow after one space",
  ],
  ["a timestamp after an exemplar", "# TYPE a counter\na 1 # {} 1 1 5", '"5" is too much'],
  ["a counter below zero", "# TYPE a counter\na -1", "a counter's value is negative or NaN"],
  ["a counter that is NaN", "# TYPE a counter\na NaN", "a counter's value is negative or NaN"],
  ["an info of value 2", "# TYPE a_info info\na_info 2", "an info's value is not 1"],
  ["an info without _info", "# TYPE a info\na 1", "the name of an info ends in _info"],
  [
    "an info with a unit",
    "# TYPE a_info info\n# UNIT a_info b\na_info 1",
    "a family of type info has a unit",
  ],
  ["a unit with a blank", "# UNIT a b c\na 1", "a unit is made of letters, digits, _ and :"],
  [
    "a state set without its label",
    "# TYPE s stateset\ns 1",
    "a sample of a state set names no state",
  ],
  ["a state of value 2", '# TYPE s stateset\ns{s="a"} 2', "a state's value is not 0 or 1"],
  [
    "a histogram that is a number",
    "# TYPE h histogram\nh 1",
    "the value is a number, and not a histogram",
  ],
  [
    "a gauge that is a histogram",
    `# TYPE h gauge\nh {count:5,sum:1,${classic}}`,
    "the value is a histogram, and not a number",
  ],
  [
    "a histogram with gcount",
    `# TYPE h histogram\nh {gcount:5,gsum:1,${classic}}`,
    "the value is a gaugehistogram, and not a histogram",
  ],
  [
    "a family with values of two kinds",
    `h{a="b"} 1\nh {count:5,sum:1,${classic}}`,
    "its family has values of more than one kind",
  ],
  [
    "a histogram with the label le",
    `# TYPE h histogram\nh{le="1"} {count:5,sum:1,${classic}}`,
    "the label le is not the metric's own",
  ],
  [
    "a summary with the label quantile",
    `# TYPE s summary\ns{quantile="1"} {count:5,sum:1,quantile:[]}`,
    "the label quantile is not the metric's own",
  ],
])("%s is refused", (_, text, reason) => {
  const { code, message } = thrown(() => page(text));
  expect(code).toBe("NARTHEX_PAGE_INVALID");
  expect(message).toContain(`: ${reason}.`);
});

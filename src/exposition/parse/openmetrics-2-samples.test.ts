import { expect, test } from "vitest";
import { thrown } from "../../../test/thrown.ts";
import { parse } from "./parse.ts";

const page = (text: string) =>
  parse(`${text}\n# EOF\n`, { contentType: "application/openmetrics-text; version=2.0.0" });

const native = "schema:2,zero_threshold:1e-4,zero_count:1";
const classic = "bucket:[1:2,+Inf:5]";
const histogram = (fields: string) => `# TYPE h histogram\nh {${fields}}`;
const summary = (fields: string) => `# TYPE s summary\ns {${fields}}`;

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
  [
    "a histogram without buckets",
    histogram("count:5,sum:1"),
    "after the sum there are neither buckets nor quantiles",
  ],
  [
    "a histogram without a sum",
    histogram(`count:5,${classic}`),
    "the field sum is not where it is due",
  ],
  [
    "a histogram with a blank",
    histogram(`count:5, sum:1,${classic}`),
    "a field of a composite value has no colon",
  ],
  [
    "a histogram without +Inf",
    histogram("count:5,sum:1,bucket:[1:5]"),
    "the last bucket is not that of +Inf",
  ],
  [
    "a histogram with no bucket at all",
    histogram("count:5,sum:1,bucket:[]"),
    "there is no bucket +Inf",
  ],
  [
    "buckets that do not ascend",
    histogram("count:5,sum:1,bucket:[2:1,1:1,+Inf:5]"),
    "the buckets do not ascend",
  ],
  [
    "buckets that do not count up",
    histogram("count:5,sum:1,bucket:[1:6,+Inf:5]"),
    "a bucket counts less than a lower one",
  ],
  [
    "a count other than that of +Inf",
    histogram("count:6,sum:1,bucket:[+Inf:5]"),
    "the count is not that of bucket +Inf",
  ],
  ["a count below zero", histogram("count:-1,sum:1,bucket:[+Inf:-1]"), "a count is negative"],
  ["a count that is NaN", histogram("count:NaN,sum:1,bucket:[+Inf:NaN]"), "a count is NaN"],
  [
    "native buckets after classic ones",
    histogram(`count:5,sum:1,${classic},${native}`),
    "a composite value goes on where it should end",
  ],
  [
    "schema 9",
    histogram("count:0,sum:0,schema:9,zero_threshold:0,zero_count:0"),
    "the schema is not one of -4 to 8",
  ],
  [
    "schema 0.5",
    histogram("count:0,sum:0,schema:0.5,zero_threshold:0,zero_count:0"),
    'the schema is "0.5", which is no whole number',
  ],
  [
    "a zero threshold below zero",
    histogram("count:0,sum:0,schema:0,zero_threshold:-1,zero_count:0"),
    "the zero threshold is negative or not finite",
  ],
  [
    "spans without buckets",
    histogram(`count:1,sum:0,${native},positive_spans:[0:1]`),
    "the field positive_buckets is not where it is due",
  ],
  [
    "spans of another length",
    histogram(`count:1,sum:0,${native},positive_spans:[0:2],positive_buckets:[1]`),
    "the spans do not cover the list of counts",
  ],
  [
    "a span that goes back",
    histogram(`count:1,sum:0,${native},positive_spans:[0:1,-1:0],positive_buckets:[1]`),
    "a span goes back",
  ],
  [
    "positive buckets first",
    histogram(
      `count:1,sum:0,${native},positive_spans:[0:1],positive_buckets:[1],negative_spans:[0:1],negative_buckets:[0]`,
    ),
    "the field negative_spans is not due where it is",
  ],
  [
    "an unclosed value",
    "# TYPE h histogram\nh {count:5,sum:1,bucket:[+Inf:5]",
    "a composite value goes on where it should end",
  ],
  [
    "a summary of half an observation",
    summary("count:0.5,sum:1,quantile:[]"),
    "the count is not whole, or negative",
  ],
  ["a summary without a sum", summary("count:1,sum:NaN,quantile:[]"), "the sum is negative or NaN"],
  [
    "quantiles that do not ascend",
    summary("count:1,sum:1,quantile:[0.9:1,0.5:1]"),
    "the quantiles do not ascend",
  ],
  [
    "a quantile above 1",
    summary("count:1,sum:1,quantile:[1.1:1]"),
    "a quantile is not between 0 and 1",
  ],
  [
    "a quantile's value below zero",
    summary("count:1,sum:1,quantile:[1:-1]"),
    "a quantile's value is negative",
  ],
])("%s is refused", (_, text, reason) => {
  const { code, message } = thrown(() => page(text));
  expect(code).toBe("NARTHEX_PAGE_INVALID");
  expect(message).toContain(`: ${reason}.`);
});

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

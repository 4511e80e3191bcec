import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { record } from "../../../test/recording.ts";
import { thrown } from "../../../test/thrown.ts";
import { NarthexError } from "../../errors.ts";
import { parse } from "./parse.ts";

const TEXT = "text/plain; version=1.0.0";
const OPENMETRICS_1 = "application/openmetrics-text; version=1.0.0";
const OPENMETRICS_2 = "application/openmetrics-text; version=2.0.0";

const valid: Readonly<Record<string, string>> = {
  [TEXT]: `# HELP a_total Some \\n text.
# TYPE a_total counter
a_total{b="c\\"",d="e"} 1 1000
# TYPE h histogram
h_bucket{le="1"} 2
h_bucket{le="+Inf"} 3
h_sum 4.5
h_count 3
# TYPE "s.t" summary
{"s.t",quantile="0.5"} NaN
{"s.t_count"} 1
`,
  [OPENMETRICS_1]: `# TYPE a_seconds counter
# UNIT a_seconds seconds
# HELP a_seconds Some \\n text.
a_seconds_total{b="c\\"",d="e"} 1 1000 # {id="x"} 1 999.5
a_seconds_created{b="c\\"",d="e"} 5 1000
# TYPE h histogram
h_bucket{le="1.0"} 2 # {} 0.5
h_bucket{le="+Inf"} 3
h_count 3
h_sum 4.5
# TYPE g gaugehistogram
g_bucket{le="+Inf"} 3
g_gcount 3
g_gsum 2
# TYPE s summary
s{quantile="0.5"} NaN
s_count 1
# TYPE i info
i_info{v="1"} 1
# TYPE t stateset
t{t="on"} 1
t{t="off"} 0
# EOF
`,
  [OPENMETRICS_2]: `# TYPE a_total counter
a_total{b="c\\"",d="e"} 1 1000 st@5 # {id="x"} 1 999.5 # {} 2 1000
# TYPE h histogram
h{a="b"} {count:5,sum:3.5,schema:2,zero_threshold:1e-4,zero_count:1,negative_spans:[-1:1],negative_buckets:[1],positive_spans:[-3:2,2:1],positive_buckets:[1,0,2],bucket:[1:2,+Inf:5]} st@5
# TYPE g gaugehistogram
g {gcount:0.5,gsum:-2,bucket:[-1:0.5,+Inf:0.5]}
# TYPE "s.t" summary
{"s.t"} {count:1,sum:2,quantile:[0.5:NaN,1:3]}
# TYPE t stateset
t{t="on"} 1 10
t{t="off"} 0 10
# EOF
`,
};

/** Parses the page, and exposes it where that succeeds; fails on any error but the parser's own. */
function survive(page: string | Uint8Array, contentType: string): void {
  try {
    record(parse(page, { contentType }));
  } catch (error) {
    if (!(error instanceof NarthexError && error.code === "NARTHEX_PAGE_INVALID")) throw error;
  }
}

const FRAGMENTS = [
  ...'{ } [ ] , : = # \\ " \t \0 é +Inf NaN 1 -1 1e9 le a _bucket __proto__ st@1'.split(" "),
  ...["histogram", "stateset", " ", "\n", "# EOF\n", "# TYPE a ", " # {} 1 1", '{le="1"} '],
  ...["{count:1,sum:1,", "bucket:[", "schema:0,", "quantile:[", "positive_spans:["],
];
const piece = fc.oneof(fc.constantFrom(...FRAGMENTS), fc.string({ unit: "binary", maxLength: 3 }));

describe.each(Object.entries(valid))("%s", (contentType, page) => {
  test("an example is accepted", () => {
    expect(record(parse(page, { contentType })).length).toBeGreaterThan(0);
  });

  test("no string makes the parser throw anything but its own error", () => {
    const anyPage = fc.oneof(
      fc.string({ unit: "binary", maxLength: 200, size: "max" }),
      fc.array(piece, { maxLength: 40, size: "max" }).map((pieces) => pieces.join("")),
    );
    fc.assert(
      fc.property(anyPage, (page) => survive(page, contentType)),
      { numRuns: 1000 },
    );
  });

  test("no bytes make the parser throw anything but its own error", () => {
    const anyBytes = fc.uint8Array({ maxLength: 200, size: "max" });
    fc.assert(fc.property(anyBytes, (page) => survive(page, contentType)));
  });

  test("no change of a valid page makes the parser throw anything but its own error", () => {
    const edit = fc.record({ at: fc.nat(page.length), cut: fc.nat(4), piece });
    fc.assert(
      fc.property(fc.array(edit, { minLength: 1, maxLength: 4 }), (edits) => {
        const edited = edits.reduce(
          (text, { at, cut, piece }) => text.slice(0, at) + piece + text.slice(at + cut),
          page,
        );
        survive(edited, contentType);
      }),
      { numRuns: 1000 },
    );
  });
});

/** Anything that takes more than linear time takes hours on these. */
describe("pages of great size", { timeout: 60_000 }, () => {
  const MANY = 200_000;
  const MILLION = 1_000_000;
  const rows = (row: (i: number) => string, count = MANY) =>
    Array.from({ length: count }, (_, i) => row(i));

  test("a million short lines", () => {
    const { families } = parse("a 1\n".repeat(MILLION));
    expect(families[0]?.samples).toHaveLength(MILLION);
  });

  test.each([TEXT, OPENMETRICS_1, OPENMETRICS_2])("many series, %s", (contentType) => {
    const page = `${rows((i) => `a{b="${i}"} 1`).join("\n")}\n# EOF\n`;
    expect(record(parse(page, { contentType }))[0]?.series).toHaveLength(MANY);
  });

  test.each([TEXT, OPENMETRICS_1, OPENMETRICS_2])("many families, %s", (contentType) => {
    const page = `${rows((i) => `a${i} 1`).join("\n")}\n# EOF\n`;
    expect(parse(page, { contentType }).families).toHaveLength(MANY);
  });

  test("many buckets, in the wrong order", () => {
    const page = `# TYPE h histogram
${rows((i) => `h_bucket{le="${-i}"} 1`).join("\n")}
h_bucket{le="+Inf"} 1\nh_count 1\nh_sum 1\n`;
    expect(record(parse(page))[0]?.series).toHaveLength(1);
  });

  test("many buckets, spans and exemplars in one line", () => {
    const page = `# TYPE h histogram
h {count:1,sum:1,schema:0,zero_threshold:0,zero_count:1,positive_spans:[${rows(() => "1:1")}],positive_buckets:[${rows(() => "0")}],bucket:[${rows((i) => `${i}:0`)},+Inf:1]}${" # {} 5 5".repeat(MANY)}
# EOF
`;
    const [family] = record(parse(page, { contentType: OPENMETRICS_2 }));
    expect(family?.series[0]?.value).toMatchObject({ count: 1, native: { schema: 0 } });
  });

  test("many labels", () => {
    const page = `a{${rows((i) => `b${i}="x"`)}} 1\n# EOF\n`;
    const { families } = parse(page, { contentType: OPENMETRICS_1 });
    expect(Object.keys(families[0]?.samples[0]?.labels ?? {})).toHaveLength(MANY);
  });

  test("a label value of a megabyte, and one of as many escapes", () => {
    const { families } = parse(`a{b="${"x".repeat(MILLION)}",c="${"\\n".repeat(MILLION)}"} 1\n`);
    const { labels } = families[0]?.samples[0] ?? {};
    expect(labels).toEqual({ b: "x".repeat(MILLION), c: "\n".repeat(MILLION) });
  });

  test.each([
    ["digits", `a ${"1".repeat(MILLION)}x`],
    ["points", `a ${"1.".repeat(MILLION)}`],
    ["blanks", `a${" ".repeat(MILLION)}`],
    ["letters", "a".repeat(MILLION)],
    ["backslashes", `a{b="${"\\".repeat(MILLION)}`],
    ["braces", "{".repeat(MILLION)],
    ["names", `{${'"a",'.repeat(MILLION)}`],
    [
      "spans",
      `h {count:1,sum:1,schema:0,zero_threshold:0,zero_count:0,positive_spans:[0:${2 ** 53 - 1}],positive_buckets:[1]}`,
    ],
  ])("a line of nothing but %s is refused", (_, line) => {
    expect(thrown(() => parse(line, { contentType: OPENMETRICS_2 })).message).toContain("line 1");
  });
});

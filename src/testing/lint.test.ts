import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { MetricSource } from "../model/sample-sink.ts";
import { Registry } from "../registry/registry.ts";
import { lint } from "./lint.ts";

test("a registry with a metric of each type has nothing to find", async () => {
  const registry = new Registry({ labels: { service: "articles" } });
  const labels = ["op"] as const;
  const help = "Help.";
  registry.counter({ name: "a", help, labels }).inc({ op: "x" });
  registry.gauge({ name: "b", help }).set(-1);
  registry.histogram({ name: "c_seconds", help, labels, native: true }).observe({ op: "x" }, 0.3);
  registry.histogram({ name: "d_bytes", help, native: true, buckets: [] }).observe(-3);
  registry.summary({ name: "e_seconds", help, labels }).observe({ op: "x" }, 0.3);
  registry.info({ name: "f", help }).set({ version: "1" });
  registry.stateSet({ name: "g", help, states: ["on", "off"] }).set("on", true);
  registry.counter({ name: "of_no_series_yet", help, labels });
  expect(await lint(registry)).toEqual([]);
});

test("a registry's metrics are looked at by the names that they have on a page", async () => {
  const registry = new Registry();
  registry.counter({ name: "http.bodies.kilobytes", help: "", utf8: true }).inc();
  registry.gauge({ name: "size_kilobytes", help: "Size." });
  expect(await lint(registry)).toEqual([
    { metric: "http.bodies.kilobytes_total", rule: "no-help", text: "no help text" },
    {
      metric: "size_kilobytes",
      rule: "base-unit",
      text: 'use base unit "bytes" instead of "kilobytes"',
    },
  ]);
});

test("a collector by itself is read and looked at", async () => {
  let value = 0;
  const collector: MetricSource = {
    collect: async () => {
      value = -1;
    },
    *visit(sink) {
      sink.family({ name: "a", help: "A.", type: "counter" });
      yield;
      sink.counter(
        { labelNames: [], labelValues: [], created: NaN, timestamp: NaN, slot: 0, tenancy: 0 },
        value,
      );
    },
  };
  expect(await lint(collector)).toEqual([
    {
      metric: "a_total",
      rule: "negative-count",
      text: "counts should not be negative: a_total -1",
    },
  ]);
});

test("a collector's own error is not a finding", async () => {
  const collector: MetricSource = {
    visit() {
      throw new RangeError("broken");
    },
  };
  await expect(lint(collector)).rejects.toThrow("broken");
});

test("pages of OpenMetrics are looked at like others", async () => {
  const page = "# TYPE x_bits counter\nx_bits_total 1\n# EOF";
  const findings = [
    { metric: "x_bits_total", rule: "no-help", text: "no help text" },
    { metric: "x_bits_total", rule: "base-unit", text: 'use base unit "bytes" instead of "bits"' },
  ];
  expect(await lint(page)).toEqual(findings);
  expect(await lint({ contentType: "application/openmetrics-text", body: page })).toEqual(findings);
  const version2 = {
    contentType: "application/openmetrics-text; version=2.0.0",
    body: '# TYPE x histogram\n# HELP x X.\nx{a="b"} {count:1,sum:1,bucket:[1:1,+Inf:1]}\n# EOF\n',
  };
  expect(await lint(version2)).toEqual([]);
});

describe("a page that can't be parsed", () => {
  test.each([
    ["a line that is none", "up 1\nup{ 2\n", "line 2"],
    ["a family with two types", "# TYPE a gauge\na 1\n# TYPE a gauge\n", "line 3"],
    ["a second HELP", "# HELP a b\n# HELP a b\na 1\n", "line 2"],
    ["a TYPE after samples", "a 1\n# TYPE a gauge\n", "line 2"],
    ["a bound that is no number", '# TYPE h histogram\nh_bucket{le="x"} 1\n', "line 2"],
    ["a missing comma", 'a{b="c" d="e"} 1\n', "comma"],
    ["a newline in quotes", 'a{b="c\nd"} 1\n', "not closed"],
    ["bytes that are not UTF-8", "a 1\n\ud800 1\n", "UTF-8"],
    ["OpenMetrics that contradicts itself", "# TYPE a counter\na_total -1\n# EOF\n", "line 2"],
    ["a missing newline", "a 1\nb 2", "newline"],
  ])("is a finding: %s", async (_, page, where) => {
    const findings = (await lint(page)).filter(({ rule }) => rule !== "no-help");
    expect(findings).toEqual([
      { metric: "", rule: "syntax", text: expect.stringContaining(where) },
    ]);
  });

  test("is one where its content type is not of metrics", async () => {
    expect(await lint({ contentType: "text/html", body: "<p>" })).toEqual([
      { metric: "", rule: "syntax", text: expect.stringContaining("text/html") },
    ]);
  });
});

test("an empty page has nothing to find", async () => {
  expect(await lint("")).toEqual([]);
});

test("no text makes it throw, and none makes a finding without words", async () => {
  const name = fc.constantFrom("a", "a_total", "a_bucket", "a_sum", "a_count", "A:bC_ms", '"é"');
  const value = fc.constantFrom("1", "-1", "NaN", "+Inf", "1e400", "0x1", "1 5", "1 -5", "{", "");
  const label = fc
    .tuple(fc.constantFrom("le", "quantile", "a", '"é"'), fc.constantFrom("1", "+Inf", "x", "\\"))
    .map(([key, text]) => `${key}="${text}"`);
  const line = fc.oneof(
    fc.string({ unit: "binary", maxLength: 20 }),
    fc
      .tuple(name, fc.array(label, { maxLength: 3 }), value)
      .map(([start, labels, end]) => `${start}{${labels.join()}} ${end}`),
    fc
      .tuple(name, fc.constantFrom("counter", "gauge", "histogram", "summary", "info", "x"))
      .map(([family, type]) => `# TYPE ${family} ${type}`),
    fc.constantFrom("# HELP a A.", "# UNIT a s", "# EOF", "#", ""),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(line, { maxLength: 8 }), async (lines) => {
      for (const { metric, rule, text } of await lint(lines.join("\n"))) {
        expect([metric === "", text === ""]).toEqual([rule === "syntax", false]);
      }
    }),
  );
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: "binary" }), async (text) => {
      await lint(text);
    }),
  );
});

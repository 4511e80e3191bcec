import { beforeEach, describe, expect, test } from "vitest";
import { parseTextPage } from "../../test/text-page.ts";
import { thrown } from "../../test/thrown.ts";
import { Registry } from "../registry/registry.ts";

let registry: Registry;
beforeEach(() => {
  registry = new Registry();
});

async function value(name: string, labels?: Record<string, string>): Promise<number | undefined> {
  return parseTextPage(await registry.text()).value(name, labels);
}

test("a counter without labels is there from the start, at zero", async () => {
  const sent = registry.counter({ name: "sent", help: "Sent." });
  expect(await value("sent_total")).toBe(0);
  sent.inc();
  sent.inc(2.5);
  sent.inc(0);
  sent.labels().inc(4);
  sent.labels({}).inc(8);
  expect(await value("sent_total")).toBe(15.5);
});

test("_total may be part of the name or left out: the page has it once", async () => {
  registry.counter({ name: "sent_total", help: "Sent." }).inc();
  registry.counter({ name: "sent", help: "Sent." }).inc();
  expect(await registry.text()).toBe(
    "# HELP sent_total Sent.\n# TYPE sent_total counter\nsent_total 2\n",
  );
});

test("each label set has a total of its own, and none before its first update", async () => {
  const sent = registry.counter({ name: "sent", help: "Sent.", labels: ["to", "size"] });
  expect(parseTextPage(await registry.text()).samples).toEqual([]);
  sent.inc({ to: "a", size: 1 });
  sent.inc({ size: "1", to: "a" }, 2);
  sent.labels({ to: "a", size: 1 }).inc(4);
  sent.inc({ to: "b", size: 1 }, 8);
  const page = parseTextPage(await registry.text());
  expect(page.value("sent_total", { to: "a", size: "1" })).toBe(7);
  expect(page.value("sent_total", { to: "b", size: "1" })).toBe(8);
  expect(page.samples).toHaveLength(2);
});

test("a held series is on the page at zero before it counts", async () => {
  registry.counter({ name: "sent", help: "", labels: ["to"] }).labels({ to: "a" });
  expect(await value("sent_total", { to: "a" })).toBe(0);
});

describe.each<[unknown, string]>([
  [Number.NaN, "NaN"],
  [Number.POSITIVE_INFINITY, "Infinity"],
  [-1, "-1"],
  [-Number.MIN_VALUE, "-5e-324"],
  ["5", '"5"'],
  [null, "null"],
  [5n, "5n"],
  [true, "true"],
  [{}, "an object"],
  [[1], "an array"],
  [() => 1, "a function"],
])("inc by %s", (bad, shown) => {
  const increment = bad as number;

  test("is refused on every way in, by an error that names metric and value", () => {
    const plain = registry.counter({ name: "plain", help: "" });
    const labelled = registry.counter({ name: "labelled", help: "", labels: ["a"] });
    for (const [metric, inc] of [
      ["plain", () => plain.inc(increment)],
      ["plain", () => plain.labels().inc(increment)],
      ["labelled", () => labelled.inc({ a: "x" }, increment)],
      ["labelled", () => labelled.labels({ a: "held" }).inc(increment)],
    ] as const) {
      const error = thrown(inc);
      expect(error.code).toBe("NARTHEX_VALUE_INVALID");
      expect(error.message).toContain(`"${metric}"`);
      expect(error.message).toContain(shown);
    }
  });

  test("changes nothing: no total, no new series, and the counter goes on", async () => {
    const plain = registry.counter({ name: "plain", help: "" });
    const labelled = registry.counter({ name: "labelled", help: "", labels: ["a"] });
    plain.inc(3);
    thrown(() => plain.inc(increment));
    thrown(() => labelled.inc({ a: "new" }, increment));
    plain.inc(4);
    expect(await value("plain_total")).toBe(7);
    expect(await value("labelled_total", { a: "new" })).toBeUndefined();
  });
});

test("labels that do not fit change nothing", async () => {
  const sent = registry.counter({ name: "sent", help: "", labels: ["to", "by"] });
  for (const bad of [
    undefined,
    null,
    "a",
    5,
    {},
    { to: "a" },
    { to: "a", by: undefined },
    { to: "a", by: "b", c: "" },
  ]) {
    expect(thrown(() => sent.inc(bad as never)).message).toContain('"sent"');
    expect(thrown(() => sent.labels(bad as never)).message).toContain('"sent"');
    expect(thrown(() => sent.remove(bad as never)).message).toContain('"sent"');
  }
  expect(parseTextPage(await registry.text()).samples).toEqual([]);
});

test("labels given to a counter without labels are refused", async () => {
  const sent = registry.counter({ name: "sent", help: "" });
  const error = thrown(() => sent.labels({ to: "a" } as never));
  expect(error.code).toBe("NARTHEX_LABELS_MISMATCH");
  expect(error.message).toContain('"sent"');
  expect(thrown(() => sent.inc({ to: "a" } as never)).message).toContain('"sent"');
  expect(thrown(() => (sent.labels as (labels: unknown) => void)(null)).message).toContain("null");
  expect(await value("sent_total")).toBe(0);
});

test("whole totals are exact up to 2^53", async () => {
  const sent = registry.counter({ name: "sent", help: "" });
  sent.inc(2 ** 53 - 2);
  sent.inc();
  expect(await registry.text()).toContain("\nsent_total 9007199254740991\n");
});

test("work that fails is counted, and its result or error passes through", async () => {
  const failures = registry.counter({ name: "failures", help: "", labels: ["op"] });
  const sync = failures.labels({ op: "sync" });
  const fail = () => {
    throw new Error("no");
  };
  expect(sync.countErrors(() => 5)).toBe(5);
  expect(await failures.countErrors({ op: "sync" }, async () => 5)).toBe(5);
  expect(await value("failures_total", { op: "sync" })).toBe(0);
  expect(() => sync.countErrors(fail)).toThrow("no");
  await expect(failures.countErrors({ op: "sync" }, async () => fail())).rejects.toThrow("no");
  expect(await value("failures_total", { op: "sync" })).toBe(2);
});

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

test("a gauge without labels goes up and down, on every way in", async () => {
  const depth = registry.gauge({ name: "depth", help: "" });
  expect(await value("depth")).toBe(0);
  depth.set(10);
  depth.inc();
  depth.inc(5);
  depth.dec();
  depth.dec(2.5);
  depth.labels().inc(-100);
  depth.labels({}).dec(-50);
  expect(await value("depth")).toBe(-37.5);
});

test("each label set has a value of its own", async () => {
  const depth = registry.gauge({ name: "depth", help: "", labels: ["queue"] });
  depth.set({ queue: "a" }, 10);
  depth.inc({ queue: "a" });
  depth.dec({ queue: "a" }, 4);
  depth.inc({ queue: "b" });
  depth.dec({ queue: "c" });
  const held = depth.labels({ queue: "a" });
  held.inc();
  held.dec(2);
  const page = parseTextPage(await registry.text());
  expect(["a", "b", "c"].map((queue) => page.value("depth", { queue }))).toEqual([6, 1, -1]);
  held.set(0);
  expect(await value("depth", { queue: "a" })).toBe(0);
});

test.each([
  Number.NaN,
  Number.POSITIVE_INFINITY,
  Number.NEGATIVE_INFINITY,
  -0,
  Number.MIN_VALUE,
  -Number.MAX_VALUE,
  2 ** 53 + 2,
])("%d is a value like any other", async (number) => {
  const depth = registry.gauge({ name: "depth", help: "", labels: ["queue"] });
  depth.set({ queue: "a" }, number);
  depth.labels({ queue: "b" }).set(number);
  const page = parseTextPage(await registry.text());
  expect(page.value("depth", { queue: "a" })).toBe(number);
  expect(page.value("depth", { queue: "b" })).toBe(number);
});

test("NaN does not stay for good", async () => {
  const depth = registry.gauge({ name: "depth", help: "" });
  depth.set(Number.NaN);
  depth.set(1);
  expect(await value("depth")).toBe(1);
});

describe.each<[unknown, string]>([
  ["5", '"5"'],
  [null, "null"],
  [5n, "5n"],
  [false, "false"],
  [new Date(0), "an object"],
  [[1], "an array"],
])("%s", (bad, shown) => {
  const number = bad as number;

  test("is refused on every way in, by an error that names metric and value", () => {
    const plain = registry.gauge({ name: "plain", help: "" });
    const labelled = registry.gauge({ name: "labelled", help: "", labels: ["a"] });
    const held = labelled.labels({ a: "held" });
    for (const [metric, update] of [
      ["plain", () => plain.set(number)],
      ["plain", () => plain.inc(number)],
      ["plain", () => plain.dec(number)],
      ["labelled", () => labelled.set({ a: "x" }, number)],
      ["labelled", () => labelled.inc({ a: "x" }, number)],
      ["labelled", () => labelled.dec({ a: "x" }, number)],
      ["labelled", () => held.set(number)],
      ["labelled", () => held.inc(number)],
      ["labelled", () => held.dec(number)],
    ] as const) {
      const error = thrown(update);
      expect(error.code).toBe("NARTHEX_VALUE_INVALID");
      expect(error.message).toContain(`"${metric}"`);
      expect(error.message).toContain(shown);
    }
  });

  test("changes nothing", async () => {
    const plain = registry.gauge({ name: "plain", help: "" });
    const labelled = registry.gauge({ name: "labelled", help: "", labels: ["a"] });
    plain.set(3);
    thrown(() => plain.set(number));
    thrown(() => labelled.set({ a: "new" }, number));
    thrown(() => labelled.dec({ a: "new" }, number));
    expect(await value("plain")).toBe(3);
    expect(await value("labelled", { a: "new" })).toBeUndefined();
  });
});

test("set without a value is refused, so that forgotten labels are noticed", () => {
  const plain = registry.gauge({ name: "plain", help: "" });
  const labelled = registry.gauge({ name: "labelled", help: "", labels: ["a"] });
  for (const update of [
    () => (plain.set as () => void)(),
    () => (labelled.set as (labels: object) => void)({ a: "x" }),
    () => (labelled.labels({ a: "x" }).set as () => void)(),
  ]) {
    expect(thrown(update).code).toBe("NARTHEX_VALUE_INVALID");
  }
  const unlabelled = () => (labelled.set as unknown as (value: number) => void)(5);
  expect(thrown(unlabelled).message).toMatch(/has the labels "a", but was given 5/);
});

test("a gauge is set to the time of day by the clock of its registry", async () => {
  const registry = new Registry({ now: () => 1_700_000_000_500 });
  registry.gauge({ name: "plain", help: "" }).setToNow();
  registry.gauge({ name: "labelled", help: "", labels: ["job"] }).setToNow({ job: "backup" });
  const page = parseTextPage(await registry.text());
  expect(page.value("plain")).toBe(1_700_000_000.5);
  expect(page.value("labelled", { job: "backup" })).toBe(1_700_000_000.5);
});

describe("work that a gauge tracks", () => {
  test("is counted while it runs, and its result or error passes through", async () => {
    const depth = registry.gauge({ name: "depth", help: "", labels: ["queue"] });
    const held = depth.labels({ queue: "mail" });
    const running = () => value("depth", { queue: "mail" });
    const work = async () => {
      expect(await running()).toBe(2);
      throw new Error("no");
    };
    const outer = held.track(() => depth.track({ queue: "mail" }, work));
    await expect(outer).rejects.toThrow("no");
    expect(held.track(() => 5)).toBe(5);
    expect(await running()).toBe(0);
  });

  test("is not taken off a series that came after its own", async () => {
    let now = 0;
    const registry = new Registry({ now: () => now });
    const depth = registry.gauge({
      name: "depth",
      help: "",
      labels: ["queue"],
      expireAfterSeconds: 1,
    });
    const value = async () =>
      parseTextPage(await registry.text()).value("depth", { queue: "mail" });
    let finish = () => {};
    const work = depth.track({ queue: "mail" }, () => new Promise<void>((done) => (finish = done)));
    now = 1000;
    expect(await value()).toBeUndefined();
    depth.inc({ queue: "mail" });
    finish();
    await work;
    expect(await value()).toBe(1);
  });

  test("takes off nothing where nothing was added, because the series had been removed", async () => {
    const depth = registry.gauge({ name: "depth", help: "", labels: ["queue"] });
    const held = depth.labels({ queue: "mail" });
    depth.clear();
    held.track(() => depth.set({ queue: "mail" }, 5));
    expect(await value("depth", { queue: "mail" })).toBe(5);
  });
});

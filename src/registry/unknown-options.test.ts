import { expect, test } from "vitest";
import { exponentialBuckets, linearBuckets } from "../instruments/histogram/buckets.ts";
import { Registry } from "./registry.ts";

const registry = new Registry();

function message(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    expect(error).toMatchObject({ name: "NarthexError", code: "NARTHEX_OPTION_INVALID" });
    return (error as Error).message;
  }
  throw new Error("It did not throw.");
}

test.each([
  [{ limits: 5 }, 'Metric "m": there is no option "limits": did you mean limit?'],
  [{ labelNames: ["a"] }, 'Metric "m": there is no option "labelNames": use labels.'],
  [{ percentiles: [0.5] }, 'Metric "m": there is no option "percentiles": use quantiles.'],
  [
    { constructor: 1 },
    'Metric "m": there is no option "constructor": use name, help, labels, unit, limit, expireAfterSeconds, utf8, initial',
  ],
])("a metric does not have the options %j", (option, text) => {
  const options = { name: "m", help: "M.", ...option };
  expect(message(() => registry.gauge(options))).toContain(text);
  expect(registry.unregister("m")).toBe(false);
});

test("each type has options of its own", () => {
  const named = { name: "m", help: "M." };
  const wrong = {
    ...named,
    buckets: [1],
    quantiles: [0.5],
    native: true,
    states: ["a"],
    unit: "x",
  };
  for (const method of ["counter", "gauge", "summary", "info", "stateSet"] as const) {
    const define = registry[method] as (options: object) => unknown;
    expect(message(() => define.call(registry, wrong))).toContain('Metric "m": there is no option');
  }
  const native = { ...named, native: { bucketFactor: 1.1 } };
  expect(message(() => registry.histogram(native as object as typeof named))).toBe(
    'Metric "m", option native: there is no option "bucketFactor": use factor, maxBuckets, zeroThreshold, maxZeroThreshold, minResetSeconds, maxExemplars, exemplarTtlSeconds.',
  );
});

test("a name that is misspelt, too, is found", () => {
  const options = { nme: "orders", help: "Orders." } as unknown as { name: string; help: string };
  expect(message(() => registry.counter(options))).toBe(
    'counter(): there is no option "nme": did you mean name?',
  );
});

test("options that are undefined or inherited are no options", () => {
  const inherited = Object.create({ labelNames: ["a"] });
  registry.gauge(Object.assign(inherited, { name: "fine", help: "F.", percentiles: undefined }));
  expect(registry.unregister("fine")).toBe(true);
});

test.each([
  [
    ["orders", "Orders."],
    'counter() was given "orders": pass an object, as in counter({ name: "orders", help: "…" }).',
  ],
  [[], 'counter() was given undefined: pass an object, as in counter({ name: "…", help: "…" }).'],
  [[null], "counter() was given null: pass an object"],
])("counter(...%j) says what to pass", (given, text) => {
  const counter = registry.counter as (...given: unknown[]) => unknown;
  expect(message(() => counter.apply(registry, given))).toContain(text);
});

test("functions that make buckets take objects of their options", () => {
  const [linear, exponential] = [linearBuckets, exponentialBuckets] as unknown as ((
    ...given: unknown[]
  ) => unknown)[];
  expect(message(() => linear!(1, 2, 3))).toBe(
    "linearBuckets() was given 1: pass an object, as in linearBuckets({ start, width, count }).",
  );
  expect(message(() => linear!({ start: 1, step: 2, count: 3 }))).toContain('no option "step"');
  expect(message(() => exponential!({ begin: 1 }))).toBe(
    'exponentialBuckets: there is no option "begin": use start, factor, count.',
  );
});

test("a registry and its pages have known options", async () => {
  const options = { defaultLabels: { a: "b" } } as object;
  expect(message(() => new Registry(options))).toBe(
    'new Registry: there is no option "defaultLabels": use labels.',
  );
  await expect(registry.expose({ name: ["up"] } as object)).rejects.toThrow("did you mean names?");
});

test.each([-1, Number.NaN, "1MB", null])("a registry can't keep %j bytes of lines", (keepBytes) => {
  const options = { keepBytes } as { keepBytes: number };
  expect(message(() => new Registry(options))).toContain("keepBytes");
});

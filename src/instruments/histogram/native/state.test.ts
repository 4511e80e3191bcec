import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { bucketIndex } from "./bucket-index.ts";
import { type NativeOptions, nativeOptions } from "./options.ts";
import { NativeState } from "./state.ts";
import { nativeHistogram } from "./value.ts";

const START_MS = 1_700_000_000_000;

class Clock {
  ms = START_MS;
  reads = 0;
  readonly now = (): number => {
    this.reads += 1;
    return this.ms;
  };
  readonly elapsed = this.now;
}

function state(options: NativeOptions, clock = new Clock()): NativeState {
  return new NativeState(nativeOptions("m", options)!, clock);
}

function created(native: NativeState): number {
  return native.created - START_MS / 1000;
}

test("NaN has no bucket, and does nothing against too many of them", () => {
  const native = state({ maxBuckets: 1, factor: 2 });
  native.observe(1);
  native.observe(1e300);
  const { schema } = native.snapshot();
  native.observe(Number.NaN);
  expect(native.snapshot()).toMatchObject({ schema, zeroCount: 0 });
  native.observe(1);
  expect(native.snapshot().schema).toBe(schema - 1);
});

test("without a reset under way it never asks for the time", () => {
  const clock = new Clock();
  const native = state({ maxBuckets: 4, maxZeroThreshold: 1 }, clock);
  const reset = state({ maxBuckets: 100, minResetSeconds: 1 }, clock);
  clock.reads = 0;
  for (let i = -40; i < 40; i += 1) {
    native.observe(1.1 ** i);
    reset.observe(1.1 ** i);
    native.resetIfDue();
  }
  expect(clock.reads).toBe(0);
});

test("the zero bucket widens up to the threshold allowed, one step a value", () => {
  const native = state({ factor: 2, maxBuckets: 1, maxZeroThreshold: 2 });
  const thresholds = [1, 2, 4, 8].map((value) => {
    native.observe(value);
    return native.snapshot().zeroThreshold;
  });
  expect(thresholds).toEqual([2 ** -128, 1, 2, 2]);
  expect(native.snapshot()).toMatchObject({ schema: -1, zeroCount: 2 });
});

test("the resolution is halved once a value, down to schema -4, and no further", () => {
  const native = state({ factor: 2, maxBuckets: 1 });
  const schemas = [1e-9, 1e9, 1e9, 1e9, 1e9, 1e9, 1e9].map((value) => {
    native.observe(value);
    return native.snapshot().schema;
  });
  expect(schemas).toEqual([0, -1, -2, -3, -4, -4, -4]);
  expect(native.snapshot().positive.counts).toEqual([1, 0, 0, 6]);
});

describe("a reset", () => {
  const options = { factor: 2, maxBuckets: 2, minResetSeconds: 60 };

  test("of an old histogram comes at once, and keeps the value that led to it", () => {
    const clock = new Clock();
    const native = state(options, clock);
    clock.ms += 60_000;
    expect([1, 2, 4].map((value) => native.observe(value))).toEqual([false, false, true]);
    expect(native.snapshot()).toMatchObject({ schema: 0, positive: { counts: [1] } });
    expect(created(native)).toBe(60);
  });

  test("of a young one is pending, and takes effect before the next observation", () => {
    const clock = new Clock();
    const native = state(options, clock);
    expect([1, 2, 4].map((value) => native.observe(value))).toEqual([false, false, false]);
    expect(native.snapshot().schema).toBe(-1);
    clock.ms += 59_999;
    expect(native.observe(8)).toBe(false);
    clock.ms += 5000;
    expect(native.observe(16)).toBe(true);
    expect(native.observe(16)).toBe(false);
    expect(native.snapshot()).toMatchObject({
      schema: 0,
      positive: { spans: [{ offset: 4, length: 1 }], counts: [2] },
    });
    expect(created(native)).toBe(60);
  });

  test("takes effect before a NaN, too", () => {
    const clock = new Clock();
    const native = state(options, clock);
    for (const value of [1, 2, 4]) native.observe(value);
    clock.ms += 60_000;
    expect(native.observe(Number.NaN)).toBe(true);
    expect(native.snapshot().positive.counts).toEqual([]);
  });

  test("takes effect at a read", () => {
    const clock = new Clock();
    const native = state(options, clock);
    for (const value of [1, 2, 4]) native.observe(value);
    clock.ms += 59_999;
    expect(native.resetIfDue()).toBe(false);
    clock.ms += 100_000;
    expect(native.resetIfDue()).toBe(true);
    expect(native.resetIfDue()).toBe(false);
    expect(native.snapshot()).toMatchObject({ schema: 0, positive: { counts: [] } });
    expect(created(native)).toBe(60);
  });

  test("may follow the one before at once, counted from when that was due", () => {
    const clock = new Clock();
    const native = state(options, clock);
    for (const value of [1, 2, 4]) native.observe(value);
    clock.ms += 130_000;
    expect([1, 2, 4].map((value) => native.observe(value))).toEqual([true, false, true]);
    expect(created(native)).toBe(130);
  });

  test("undoes a wider zero bucket, and leaves the exemplars", () => {
    const clock = new Clock();
    const native = state({ ...options, maxZeroThreshold: 8 }, clock);
    native.addExemplar({ labels: { trace: "a" }, value: 1, timestamp: 1 });
    for (const value of [1, 2, -1, -4]) native.observe(value);
    expect(native.snapshot()).toMatchObject({ schema: 0, zeroThreshold: 1, zeroCount: 2 });
    clock.ms += 60_000;
    native.resetIfDue();
    expect(native.snapshot()).toMatchObject({
      zeroThreshold: 2 ** -128,
      zeroCount: 0,
      exemplars: [{ labels: { trace: "a" } }],
    });
  });
});

test("a zero bucket as wide as the largest number takes in infinity, as in Go", () => {
  const native = state({ zeroThreshold: Number.MAX_VALUE });
  native.observe(Number.POSITIVE_INFINITY);
  native.observe(Number.NEGATIVE_INFINITY);
  expect(native.snapshot()).toMatchObject({ zeroThreshold: Number.MAX_VALUE, zeroCount: 2 });
});

test("exemplars are kept to the number asked for, those of NaN not at all", () => {
  const native = state({ maxExemplars: 2 });
  for (const value of [1, Number.NaN, 10, 100]) {
    native.addExemplar({ labels: {}, value, timestamp: value });
  }
  expect(native.snapshot().exemplars.map(({ value }) => value)).toEqual([10, 100]);
});

test("whatever was done against too many buckets, the values since are where they belong", () => {
  const value = fc.oneof(
    fc.double({ noNaN: true }),
    fc.double({ min: -10, max: 10, noNaN: true }),
    fc.integer({ min: -9, max: 9 }),
  );
  const history = fc.record({
    factor: fc.constantFrom(1.001, 1.1, 1.5, 2, 16, 1e6),
    maxBuckets: fc.integer({ min: 0, max: 6 }),
    zeroThreshold: fc.constantFrom(0, 2 ** -128, 0.3),
    maxZeroThreshold: fc.constantFrom(0, 1e-300, 2, 7.5),
    minResetSeconds: fc.constantFrom(0, 3, 10),
    values: fc.array(value, { maxLength: 60 }),
  });
  fc.assert(
    fc.property(history, ({ values, ...options }) => {
      const clock = new Clock();
      const native = state(options, clock);
      let since: number[] = [];
      for (const value of values) {
        clock.ms += 1000;
        if (native.observe(value)) since = [];
        since.push(value);
      }
      const found = native.snapshot();
      const { schema, zeroThreshold } = found;
      const indices = (values: number[]) => sorted(values.map((v) => bucketIndex(v, schema)));
      expect(found).toEqual(
        nativeHistogram({
          schema,
          zeroThreshold,
          zeroCount: since.filter((v) => Math.abs(v) <= zeroThreshold).length,
          positive: indices(since.filter((v) => v > zeroThreshold)),
          negative: indices(since.filter((v) => v < -zeroThreshold)),
          exemplars: [],
        }),
      );
    }),
  );
});

function sorted(indices: readonly number[]): Map<number, number> {
  const counts = new Map<number, number>();
  for (const index of indices.toSorted((a, b) => a - b)) {
    counts.set(index, (counts.get(index) ?? 0) + 1);
  }
  return counts;
}

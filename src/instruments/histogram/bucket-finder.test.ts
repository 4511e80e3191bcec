import fc from "fast-check";
import { expect, test } from "vitest";
import { BucketFinder } from "./bucket-finder.ts";

/** The first bound that is not below the value. */
function naive(bounds: readonly number[], value: number): number {
  const found = bounds.findIndex((bound) => value <= bound);
  return found < 0 ? bounds.length : found;
}

/** The doubles right below and above. */
function neighbours(value: number): number[] {
  const step = Math.max(Number.MIN_VALUE, Math.abs(value) * 2 ** -52);
  return [value - step, value, value + step];
}

/** What some processors make of 0 / 0: NaN with the sign bit set. */
const [NEGATIVE_NAN] = new Float64Array(new BigUint64Array([0xfff8_0000_0000_0000n]).buffer);

const EDGES = [
  0,
  -0,
  Number.MIN_VALUE,
  -Number.MIN_VALUE,
  2 ** -1022,
  1,
  -1,
  Number.MAX_VALUE,
  -Number.MAX_VALUE,
  Number.POSITIVE_INFINITY,
  Number.NEGATIVE_INFINITY,
  Number.NaN,
  NEGATIVE_NAN!,
];

function agrees(bounds: readonly number[], values = bounds.flatMap(neighbours)): void {
  const finder = new BucketFinder(bounds);
  for (const value of [...EDGES, ...values]) {
    const found = finder.find(value);
    if (found !== naive(bounds, value))
      expect([value, found]).toEqual([value, naive(bounds, value)]);
  }
}

test.each<[string, number[]]>([
  ["no bounds", []],
  ["zero alone", [0]],
  ["one bound", [1]],
  ["the default ones", [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]],
  ["negative ones alone", [-100, -10, -1, -1e-9]],
  ["both signs and zero", [-2, -1, 0, 1, 2]],
  ["denormals", [5e-324, 1e-323, 1e-310, 2 ** -1022]],
  ["the whole range", [-Number.MAX_VALUE, -5e-324, 0, 5e-324, Number.MAX_VALUE]],
  ["every power of two", Array.from({ length: 2098 }, (_, i) => 2 ** (i - 1074))],
  ["adjacent doubles", Array.from({ length: 500 }, (_, i) => 1 + i * 2 ** -52)],
  ["dense whole numbers", Array.from({ length: 1000 }, (_, i) => i + 1)],
  ["huge whole numbers", Array.from({ length: 100 }, (_, i) => 2 ** 52 + i)],
  ["dense ones and a far one", [1, 1.0000001, 1.0000002, 1.0000003, 1e300]],
])("%s: every bound, its neighbours and all edges fall where they belong", (_, bounds) => {
  agrees(bounds);
});

test("more bounds than 16 bits can count", () => {
  const bounds = Array.from({ length: 70_000 }, (_, i) => (i - 100) / 7);
  agrees(bounds, bounds.filter((_, i) => i % 1000 === 0).flatMap(neighbours));
});

test("it agrees with a naive search for any bounds and any values", () => {
  const number = fc.oneof(
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.double({ min: 0, max: 1e-300, noNaN: true }),
    fc.double({ min: 0.9, max: 1.1, noNaN: true }),
    fc.integer({ min: -20, max: 20 }),
  );
  const ascending = fc
    .array(number, { maxLength: 40 })
    .map((numbers) => Array.from(new Set(numbers.map((n) => n + 0))).sort((a, b) => a - b));
  fc.assert(
    fc.property(ascending, fc.array(fc.oneof(number, fc.double())), (bounds, values) => {
      agrees(bounds, [...bounds.flatMap(neighbours), ...values]);
    }),
    { numRuns: 500 },
  );
});

test("bounds that the caller changes later stay as they were", () => {
  const bounds = [1, 2, 3];
  const finder = new BucketFinder(bounds);
  bounds[0] = 100;
  expect(finder.find(1)).toBe(0);
});

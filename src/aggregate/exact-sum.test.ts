import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ExactSums } from "./exact-sum.ts";

/** The doubles below and above a number. */
function neighbours(value: number): [number, number] {
  const bits = new BigInt64Array(new Float64Array([value]).buffer);
  const at = (offset: bigint) => {
    const sign = value < 0 ? -1n : 1n;
    return new Float64Array(new BigInt64Array([bits[0]! + sign * offset]).buffer)[0]!;
  };
  return [at(-1n), at(1n)];
}

interface Fraction {
  readonly over: bigint;
  readonly under: bigint;
}

/** The number as a fraction, by nothing but arithmetic. */
function fraction(value: number): Fraction {
  let [scaled, under] = [value, 1n];
  while (!Number.isInteger(scaled)) {
    scaled *= 2;
    under *= 2n;
  }
  return { over: BigInt(scaled), under };
}

function plus(a: Fraction, b: Fraction): Fraction {
  return { over: a.over * b.under + b.over * a.under, under: a.under * b.under };
}

function distance(a: Fraction, b: Fraction): Fraction {
  const { over, under } = plus(a, { over: -b.over, under: b.under });
  return { over: over < 0n ? -over : over, under };
}

function isLess(a: Fraction, b: Fraction): boolean {
  return a.over * b.under < b.over * a.under;
}

function sumOf(values: readonly number[]): number {
  const sums = new ExactSums(1);
  for (const value of values) sums.add(0, value);
  return sums.get(0);
}

const numbers = fc.array(
  fc.oneof(
    fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e300, max: 1e300 }),
    fc.double({ noNaN: true, min: 0, max: 10 }),
    fc.integer(),
    fc.constantFrom(0.1, 0.2, 0.3, 2 ** 53, 1, -1, 2 ** -1074, 2 ** -1022, 1e16, -1e16),
  ),
  { maxLength: 12 },
);

describe("an exact sum", () => {
  it("is the double nearest to the sum of the fractions", () => {
    fc.assert(
      fc.property(numbers, (values) => {
        const exact = values.map(fraction).reduce(plus, { over: 0n, under: 1n });
        const sum = sumOf(values);
        const off = distance(fraction(sum), exact);
        for (const other of neighbours(sum === 0 ? 0 : sum)) {
          if (!Number.isFinite(other)) continue;
          expect(isLess(distance(fraction(other), exact), off)).toBe(false);
        }
      }),
    );
  });

  it("does not depend on the order", () => {
    fc.assert(
      fc.property(numbers, fc.infiniteStream(fc.nat()), (values, random) => {
        const shuffled = values
          .map((value) => ({ value, key: random.next().value }))
          .sort((a, b) => a.key - b.key)
          .map(({ value }) => value);
        expect(sumOf(shuffled)).toBe(sumOf(values));
      }),
    );
  });

  it("is the same after some of its numbers were folded into parts", () => {
    fc.assert(
      fc.property(numbers, numbers, (some, others) => {
        const sums = new ExactSums(1);
        for (const value of some) sums.add(0, value);
        expect(sumOf([...others, ...sums.parts(0)])).toBe(sumOf([...some, ...others]));
      }),
    );
  });

  it("has no rounding errors that add up", () => {
    expect(sumOf([0.1, 0.2, 0.3])).toBe(0.6);
    expect(sumOf([0.3, 0.2, 0.1])).toBe(0.6);
    expect(sumOf(Array(10).fill(0.1))).toBe(1);
    expect(sumOf([1e308, 1e308, -1e308])).toBe(1e308);
    expect(sumOf([1e308, 1e308])).toBe(Number.POSITIVE_INFINITY);
    expect(sumOf([1, 2 ** -1074, -1])).toBe(2 ** -1074);
  });

  it("rounds a tie to the even neighbour", () => {
    expect(sumOf([2 ** 53, 1])).toBe(2 ** 53);
    expect(sumOf([2 ** 53, 1, 2 ** -1074])).toBe(2 ** 53 + 2);
    expect(sumOf([2 ** 53, 2, 1])).toBe(2 ** 53 + 4);
  });

  it("has infinities and NaN as they would be added one by one", () => {
    expect(sumOf([1, Number.POSITIVE_INFINITY, 2])).toBe(Number.POSITIVE_INFINITY);
    expect(sumOf([Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY, 2])).toBeNaN();
    expect(sumOf([1, Number.NaN])).toBeNaN();
  });

  it("leaves the sums beside it alone", () => {
    const sums = new ExactSums(100);
    sums.add(1, 1);
    sums.add(1, 2 ** -1074);
    sums.add(1, 2 ** 1000);
    sums.add(2, 0.5);
    expect([sums.get(0), sums.get(1), sums.get(2)]).toEqual([0, 2 ** 1000, 0.5]);
  });
});

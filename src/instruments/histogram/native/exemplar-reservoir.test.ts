import { describe, expect, test } from "vitest";
import { ExemplarReservoir } from "./exemplar-reservoir.ts";

const START = 1_700_000_000.123;

/** A reservoir after these exemplars: each a value and the second at which it came. */
function kept(
  size: number,
  ttlSeconds: number,
  exemplars: readonly (readonly [value: number, second: number])[],
): number[] {
  const reservoir = new ExemplarReservoir(size, ttlSeconds);
  for (const [value, second] of exemplars) {
    reservoir.add({ labels: {}, value, timestamp: START + second }, 1000 * second);
  }
  return reservoir.exemplars.map(({ value }) => value);
}

test("while there is room, all are kept, in the order of their values", () => {
  expect(
    kept(4, 10, [
      [3, 0],
      [1, 1],
      [2, 2],
      [2, 3],
    ]),
  ).toEqual([1, 2, 2, 3]);
});

test("a reservoir of no size keeps none", () => {
  expect(kept(0, 10, [[1, 0]])).toEqual([]);
});

test("a reservoir of one keeps the newest", () => {
  expect(
    kept(1, 10, [
      [1, 0],
      [5, 1],
      [2, 2],
    ]),
  ).toEqual([2]);
});

describe("a full one", () => {
  const full = [
    [1, 0],
    [8, 1],
    [10, 2],
    [100, 3],
  ] as const;

  test("drops the oldest once it has expired, wherever it stands", () => {
    expect(kept(4, 10, [...full, [50, 10.001]])).toEqual([8, 10, 50, 100]);
    const reversed = [
      [100, 0],
      [10, 1],
      [8, 2],
      [1, 3],
    ] as const;
    expect(kept(4, 10, [...reversed, [2, 10.001]])).toEqual([1, 2, 8, 10]);
    expect(kept(4, 10, [...reversed, [200, 10.001]])).toEqual([1, 8, 10, 200]);
  });

  test("does not count an exemplar as expired at exactly its TTL", () => {
    expect(kept(4, 10, [...full, [50, 10]])).toEqual([1, 10, 50, 100]);
    const quick = full.map(([value], i) => [value, i / 10] as const);
    expect(kept(4, 0.4, [...quick, [50, 0.4]])).toEqual([1, 10, 50, 100]);
    expect(kept(4, 0.4, [...quick, [50, 0.401]])).toEqual([8, 10, 50, 100]);
  });

  test("drops the oldest at any age where the TTL is 0", () => {
    expect(kept(4, 0, [...full, [50, 3]])).toEqual([8, 10, 50, 100]);
    expect(
      kept(2, 0, [
        [4, 0],
        [9, 0],
        [5, 0],
      ]),
    ).toEqual([5, 9]);
  });

  test("drops the older of the two that are closest by their logarithms", () => {
    // 100 and 101 are closer than 1 and 1.5, though their difference is larger.
    const pairs = [
      [1, 0],
      [1.5, 1],
      [101, 2],
      [100, 3],
    ] as const;
    expect(kept(4, 10, [...pairs, [10, 4]])).toEqual([1, 1.5, 10, 100]);
    const swapped = [
      [1, 0],
      [1.5, 1],
      [100, 2],
      [101, 3],
    ] as const;
    expect(kept(4, 10, [...swapped, [10, 4]])).toEqual([1, 1.5, 10, 101]);
  });

  test("drops the lower of the closest two where they are of one age", () => {
    expect(
      kept(3, 10, [
        [1, 0],
        [8, 1],
        [9, 1],
        [80, 2],
      ]),
    ).toEqual([1, 9, 80]);
  });

  test("drops the new one's neighbour where that is closer than any two", () => {
    expect(kept(4, 10, [...full, [1.01, 4]])).toEqual([1.01, 8, 10, 100]);
    expect(kept(4, 10, [...full, [99, 4]])).toEqual([1, 8, 10, 99]);
    expect(kept(4, 10, [...full, [101, 4]])).toEqual([1, 8, 10, 101]);
    expect(kept(4, 10, [...full, [0.99, 4]])).toEqual([0.99, 8, 10, 100]);
    expect(kept(4, 10, [...full, [8, 4]])).toEqual([1, 8, 10, 100]);
  });

  test("puts the new one before others of its value, one with room after them", () => {
    const reservoir = new ExemplarReservoir(3, 10);
    const exemplar = (value: number, timestamp: number) => ({ labels: {}, value, timestamp });
    for (const time of [1, 2]) reservoir.add(exemplar(8, time), 1000 * time);
    reservoir.add(exemplar(1, 0), 0);
    expect(reservoir.exemplars).toEqual([exemplar(1, 0), exemplar(8, 1), exemplar(8, 2)]);
    reservoir.add(exemplar(8, 3), 3000);
    expect(reservoir.exemplars).toEqual([exemplar(1, 0), exemplar(8, 3), exemplar(8, 2)]);
  });

  test("of values without a logarithm drops the first two, as Go does", () => {
    expect(
      kept(3, 10, [
        [-3, 0],
        [-2, 1],
        [1, 2],
        [-1, 3],
        [1.01, 4],
      ]),
    ).toEqual([-1, 1, 1.01]);
  });
});

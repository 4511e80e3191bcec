import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { vectors } from "../../../../test/conformance/vectors.ts";
import { BOUNDS } from "./bounds.ts";
import { bucketIndex, upperBound } from "./bucket-index.ts";

const SCHEMAS = Array.from({ length: 13 }, (_, i) => i - 4);

/** By the definition, with nothing clever in it: value = fraction * 2 ** exponent. */
function slowIndex(value: number, schema: number): number {
  if (Math.abs(value) === Number.POSITIVE_INFINITY) return slowIndex(Number.MAX_VALUE, schema) + 1;
  let fraction = Math.abs(value);
  let exponent = 0;
  for (; fraction >= 1; exponent += 1) fraction /= 2;
  for (; fraction < 0.5; exponent -= 1) fraction *= 2;
  if (schema > 0) {
    const bounds = BOUNDS.filter((_, i) => i % 2 ** (8 - schema) === 0);
    const step = bounds.findIndex((bound) => bound >= fraction);
    return (step < 0 ? bounds.length : step) + (exponent - 1) * bounds.length;
  }
  return Math.ceil((fraction === 0.5 ? exponent - 1 : exponent) / 2 ** -schema) + 0;
}

function neighbours(value: number): number[] {
  const double = new Float64Array([value]);
  const bits = new BigInt64Array(double.buffer);
  bits[0]! -= 1n;
  const below = double[0]!;
  bits[0]! += 2n;
  return [below, value, double[0]!];
}

describe("the index of a value's bucket", () => {
  test("is right at and beside every bound of every schema", () => {
    for (const exponent of [-1000, -3, 0, 1, 2, 900]) {
      const values = BOUNDS.flatMap((bound) => neighbours(bound * 2 ** exponent));
      for (const schema of SCHEMAS) {
        const wrong = values.filter((v) => bucketIndex(v, schema) !== slowIndex(v, schema));
        expect({ schema, wrong }).toEqual({ schema, wrong: [] });
      }
    }
  });

  test("is right at every power of two, subnormal ones too", () => {
    const values = Array.from({ length: 1074 + 1024 }, (_, i) => 2 ** (i - 1074));
    for (const schema of SCHEMAS) {
      const wrong = values.filter((v) => bucketIndex(v, schema) !== slowIndex(v, schema));
      expect({ schema, wrong }).toEqual({ schema, wrong: [] });
    }
  });

  test("is right for any value, whatever its sign", () => {
    const value = fc.double({ noNaN: true }).filter((value) => value !== 0);
    fc.assert(
      fc.property(value, fc.constantFrom(...SCHEMAS), (value, schema) => {
        expect(bucketIndex(value, schema)).toBe(slowIndex(value, schema));
      }),
      { numRuns: 5000 },
    );
  });

  test("counts infinity one past the largest number", () => {
    for (const schema of SCHEMAS) {
      const last = bucketIndex(Number.MAX_VALUE, schema);
      expect(bucketIndex(Number.POSITIVE_INFINITY, schema)).toBe(last + 1);
      expect(bucketIndex(Number.NEGATIVE_INFINITY, schema)).toBe(last + 1);
      expect(upperBound(last, schema)).toBe(Number.MAX_VALUE);
      expect(upperBound(last + 1, schema)).toBe(Number.POSITIVE_INFINITY);
    }
  });
});

describe("the upper bound of a bucket", () => {
  test("is the largest value in it", () => {
    // Bounds between subnormal numbers are rounded to one of them.
    const value = fc.double({ noNaN: true, noDefaultInfinity: true, min: 2 ** -1000 });
    fc.assert(
      fc.property(value, fc.constantFrom(...SCHEMAS), (value, schema) => {
        const index = bucketIndex(value, schema);
        const bound = upperBound(index, schema);
        expect(bound).toBeGreaterThanOrEqual(value);
        expect(bucketIndex(bound, schema)).toBe(index);
        expect(upperBound(index - 1, schema)).toBeLessThan(value);
      }),
      { numRuns: 5000 },
    );
  });
});

interface Vectors {
  readonly getLe: readonly { key: number; schema: number; want: number | "+Inf" }[];
}

const found = vectors<Vectors>("native_histograms");

test("the bounds are those of client_golang to the last bit", () => {
  const bytes = new Uint8Array(Float64Array.from(BOUNDS).buffer);
  expect(createHash("sha256").update(bytes).digest("hex")).toBe(
    "9de5914e4bc19f96dd1f461efa1b8f3fd6bfe80297b3a5a46302dac8a388c730",
  );
});

describe.runIf(found)("client_golang's own", () => {
  it.each(found?.getLe ?? [])("bound of bucket $key in schema $schema", ({ key, schema, want }) => {
    expect(upperBound(key, schema)).toBe(want === "+Inf" ? Number.POSITIVE_INFINITY : want);
  });

  test("bounds of schema 8", () => {
    const { bounds } = vectors<{ bounds: number[] }>("native_histogram_bounds_schema8") ?? {};
    expect(BOUNDS).toEqual(bounds);
  });
});

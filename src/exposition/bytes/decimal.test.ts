import fc from "fast-check";
import { expect, test } from "vitest";
import { LONGEST_NUMBER, writeNumber } from "./decimal.ts";

function written(value: number): string {
  const bytes = new Uint8Array(LONGEST_NUMBER).fill(0x78);
  const end = writeNumber(bytes, 3, value);
  return Buffer.from(bytes.subarray(3, end)).toString("latin1");
}

/** The formats have two words of their own. */
function expected(value: number): string {
  if (Object.is(value, -0)) return "-0";
  return String(value).replace("Infinity", "+Inf").replace("-+", "-");
}

const scaled = fc
  .tuple(fc.double({ min: 1, max: 10, noNaN: true }), fc.integer({ min: -8, max: 18 }))
  .map(([digits, exponent]) => digits * 10 ** exponent);
/** Numbers that end in few binary places are often halfway between two decimals. */
const halfway = fc
  .tuple(fc.maxSafeNat(), fc.nat(70))
  .map(([digits, places]) => digits / 2 ** places);
const sums = fc
  .array(fc.integer({ min: 1, max: 1e6 }), { minLength: 1, maxLength: 30 })
  .map((micros) => micros.reduce((sum, one) => sum + one / 1e6, 0));
const short = fc
  .tuple(fc.nat(1e9), fc.nat(12))
  .map(([digits, places]) => Number(`${digits}e-${places}`));

test("a number is written with the digits of String", () => {
  const any = fc.oneof(fc.double(), scaled, halfway, sums, short);
  const value = fc.tuple(any, fc.boolean()).map(([one, isNegative]) => (isNegative ? -one : one));
  fc.assert(
    fc.property(value, (one) => {
      expect(written(one)).toBe(expected(one));
    }),
    { numRuns: Number(process.env.DECIMAL_CASES ?? 20_000) },
  );
});

test.each([
  1e-5,
  9.999999999999999e-6,
  0.1,
  0.30000000000000004,
  0.123456789012345,
  1.0000000000000002,
  9.999999999999998,
  99999.99999999999,
  123456789.12345679,
  600902654698269.2,
  151558311982326.62,
  999999999999999.9,
  1e15,
  0.000012345678901234568,
  2 ** 50 + 0.5,
  4503599627370495.5,
])("%d", (value) => {
  expect(written(value)).toBe(String(value));
  expect(written(-value)).toBe(String(-value));
});

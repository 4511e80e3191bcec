import { double, HIGH, LOW, words } from "../double-words.ts";
import { BOUNDS } from "./bounds.ts";

/** The finest schema; a bucket's index in a coarser one follows from its index in this one. */
const FINEST = 8;
const STEPS = BOUNDS.length;
const BIAS = 1023;
const LOW_WORD = 2 ** 32;
/** Makes every subnormal normal, and moves its index by a whole number of buckets in any schema. */
const LIFT_BITS = 64;

/** The mantissas of the bounds, and one that none exceeds. */
const mantissas = [...BOUNDS, 1].map((bound) => (2 * bound - 1) * 2 ** 52);
const lowWords = Uint32Array.from(mantissas, (mantissa) => mantissa % LOW_WORD);

/**
 * For each value of a mantissa's 9 high bits, the first bound that is not below all of them: its step
 * from bit 21 on, and the high word of its mantissa. No two bounds have the same 9 bits.
 */
const cells = Int32Array.from({ length: 512 }, (_, cell) => {
  const step = mantissas.findIndex((mantissa) => mantissa >= cell * 2 ** 43);
  return (step << 21) | (mantissas[step]! / LOW_WORD);
});

/**
 * The index of the bucket that |value| is in: the lowest whose upper bound is not below it. Zero and
 * NaN have none.
 */
export function bucketIndex(value: number, schema: number): number {
  double[0] = value;
  const high = words[HIGH]!;
  const exponent = (high >> 20) & 0x7ff;
  if (exponent === 0 || exponent === 0x7ff) return unusualIndex(value, schema);
  const cell = cells[(high >> 11) & 0x1ff]!;
  const step = cell >> 21;
  const room = (cell & 0x1fffff) - (high & 0xfffff);
  // Above the bound it is the next step; which it is can't be foreseen, so a branch would be slower.
  let index = (exponent - BIAS) * STEPS + step + (room >>> 31);
  if (room === 0 && words[LOW]! >>> 0 > lowWords[step]!) index += 1;
  return ((index - 1) >> (FINEST - schema)) + 1;
}

/** Infinity has the bucket after the last. */
function unusualIndex(value: number, schema: number): number {
  return Math.abs(value) === Number.POSITIVE_INFINITY
    ? (BIAS + 1) * 2 ** schema + 1
    : bucketIndex(value * 2 ** LIFT_BITS, schema) - LIFT_BITS * 2 ** schema;
}

/** The upper bound of a bucket; the last before that of Infinity ends at the largest number. */
export function upperBound(index: number, schema: number): number {
  const finest = index * 2 ** (FINEST - schema);
  const exponent = Math.floor(finest / STEPS);
  const step = finest - exponent * STEPS;
  if (exponent === BIAS + 1 && step === 0) return Number.MAX_VALUE;
  return 2 * BOUNDS[step]! * 2 ** exponent;
}

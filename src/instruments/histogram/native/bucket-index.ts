import { highWord, LOW, words } from "../../double-words.ts";
import { BOUNDS } from "./bounds.ts";

/** The finest schema. The index of a bucket in a coarser one is computed from its index in this one. */
const FINEST = 8;
const STEPS = BOUNDS.length;
const BIAS = 1023;
const LOW_WORD = 2 ** 32;
/**
 * Multiplying by 2 to this power makes subnormal numbers normal, and shifts indexes by whole
 * buckets.
 */
const LIFT_BITS = 64;

/** The mantissas of the bounds, and at the end one that no value exceeds. */
const mantissas = [...BOUNDS, 1].map((bound) => (2 * bound - 1) * 2 ** 52);
const lowWords = Uint32Array.from(mantissas, (mantissa) => mantissa % LOW_WORD);

/**
 * For each value of the 9 high bits of a mantissa, the first bound that is not below all mantissas with
 * these bits: its step in the bits from 21, and below those the high word of its mantissa. No two
 * bounds have the same 9 high bits.
 */
const cells = new Int32Array(512);
for (let cell = 0, step = 0; cell < cells.length; cell += 1) {
  while (mantissas[step]! < cell * 2 ** 43) step += 1;
  cells[cell] = (step << 21) | (mantissas[step]! / LOW_WORD);
}

/**
 * The index of the bucket for |value|, which is the lowest one whose upper bound is not below it. There
 * is none for zero and NaN.
 */
export function bucketIndex(value: number, schema: number): number {
  const high = highWord(value);
  const exponent = (high >> 20) & 0x7ff;
  if (exponent === 0 || exponent === 0x7ff) return unusualIndex(value, schema);
  const cell = cells[(high >> 11) & 0x1ff]!;
  const step = cell >> 21;
  const room = (cell & 0x1fffff) - (high & 0xfffff);
  // Above the bound it is the next step. A branch would be slower, because it can't be predicted.
  let index = (exponent - BIAS) * STEPS + step + (room >>> 31);
  if (room === 0 && words[LOW]! >>> 0 > lowWords[step]!) index += 1;
  return ((index - 1) >> (FINEST - schema)) + 1;
}

/** For subnormal numbers, and for Infinity, whose bucket comes after the last. */
function unusualIndex(value: number, schema: number): number {
  return Math.abs(value) === Number.POSITIVE_INFINITY
    ? (BIAS + 1) * 2 ** schema + 1
    : bucketIndex(value * 2 ** LIFT_BITS, schema) - LIFT_BITS * 2 ** schema;
}

/** The upper bound of a bucket; the last one below Infinity ends at the largest number. */
export function upperBound(index: number, schema: number): number {
  const finest = index * 2 ** (FINEST - schema);
  const exponent = Math.floor(finest / STEPS);
  const step = finest - exponent * STEPS;
  if (exponent === BIAS + 1 && step === 0) return Number.MAX_VALUE;
  return 2 * BOUNDS[step]! * 2 ** exponent;
}

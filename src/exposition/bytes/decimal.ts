import { CARRY, sumOf } from "../../model/duration-sum.ts";
import { findShortest, shortest } from "./shortest.ts";

// Numbers as text. These are functions on plain bytes, and not methods, so that the loops that write
// whole families keep the position in a local variable. Each returns the position after what it wrote.

/** No number needs more bytes than this, which the caller must have made room for. */
export const LONGEST_NUMBER = 32;

const MINUS = 0x2d;
const POINT = 0x2e;
const ZERO = 0x30;
const BILLION = 1e9;

/** The digits of 00 to 99, one pair after the other: two digits cost one division. */
const PAIRS = new Uint8Array(200);
for (let i = 0; i < 200; i += 1)
  PAIRS[i] = ZERO + (i % 2 === 0 ? Math.floor(i / 20) : (i >> 1) % 10);

/** Writes a sample's value, in a form that every text format reads. */
export function writeNumber(bytes: Uint8Array, at: number, value: number): number {
  const small = value | 0;
  if (small === value && small > 0) return writeSmall(bytes, at, small);
  if (Number.isSafeInteger(value)) {
    return Object.is(value, -0) ? writeAscii(bytes, at, "-0") : writeInteger(bytes, at, value);
  }
  if (value - value === 0) return writeDecimal(bytes, at, value);
  return writeAscii(bytes, at, value > 0 ? "+Inf" : value < 0 ? "-Inf" : "NaN");
}

/** Writes the two numbers of a sum (see `addNanoseconds`) as one: mostly nanoseconds alone. */
export function writeSum(
  bytes: Uint8Array,
  at: number,
  observed: number,
  nanoseconds: number,
): number {
  // JavaScript, and thus all else here, writes numbers below a millionth with an exponent.
  return observed === 0 && nanoseconds >= 1000 && nanoseconds < CARRY
    ? writeNanoseconds(bytes, at, nanoseconds)
    : writeNumber(bytes, at, sumOf(observed, nanoseconds));
}

/** Writes them as seconds. So few digits are the shortest that tell their double from all others. */
function writeNanoseconds(bytes: Uint8Array, at: number, nanoseconds: number): number {
  const seconds = Math.floor(nanoseconds / BILLION);
  const rest = nanoseconds - seconds * BILLION;
  const point = writeSmall(bytes, at, seconds);
  if (rest === 0) return point;
  bytes[point] = POINT;
  let end = writePadded(bytes, point + 1, rest, 9);
  while (bytes[end - 1] === ZERO) end -= 1;
  return end;
}

/** Writes a whole number of at most 31 bits, as most values are. */
function writeSmall(bytes: Uint8Array, at: number, value: number): number {
  if (value < 10) {
    bytes[at] = ZERO + value;
    return at + 1;
  }
  const end = at + digitCount(value);
  writeDigits(bytes, end, value);
  return end;
}

/** Writes a whole number above 0 that ends before a position. */
export function writeDigits(bytes: Uint8Array, end: number, value: number): void {
  let next = end;
  let rest = value;
  while (rest >= 100) {
    const hundreds = (rest / 100) | 0;
    const pair = (rest - hundreds * 100) << 1;
    rest = hundreds;
    next -= 2;
    bytes[next] = PAIRS[pair]!;
    bytes[next + 1] = PAIRS[pair + 1]!;
  }
  if (rest < 10) {
    bytes[next - 1] = ZERO + rest;
  } else {
    bytes[next - 2] = PAIRS[rest << 1]!;
    bytes[next - 1] = PAIRS[(rest << 1) + 1]!;
  }
}

/** 1, 10, 100 and so on. */
const POWERS = Int32Array.from({ length: 10 }, (_, digits) => 10 ** digits);

/**
 * How many digits a whole number above 0 and below 2^31 has. Numbers of all sizes take the same way, so V8 does not
 * discard the optimized code when the first large one comes.
 */
export function digitCount(value: number): number {
  const bits = 32 - Math.clz32(value);
  // 1233 / 4096 is the logarithm of 2: the smallest number of so many bits has so many digits, or one more.
  const digits = (bits * 1233) >> 12;
  return value < POWERS[digits]! ? digits : digits + 1;
}

function writeInteger(bytes: Uint8Array, at: number, value: number): number {
  let begin = at;
  if (value < 0) bytes[begin++] = MINUS;
  const size = Math.abs(value);
  if (size < BILLION) return writeSmall(bytes, begin, size);
  const billions = Math.floor(size / BILLION);
  return writePadded(bytes, writeSmall(bytes, begin, billions), size - billions * BILLION, 9);
}

/** Writes exactly so many digits. */
function writePadded(bytes: Uint8Array, at: number, value: number, width: number): number {
  let rest = value;
  for (let next = at + width - 1; next >= at; next -= 1) {
    const tens = (rest / 10) | 0;
    bytes[next] = ZERO + rest - tens * 10;
    rest = tens;
  }
  return at + width;
}

/** A number with up to six decimals is the quotient of two integers, which is quick to find out. */
function writeDecimal(bytes: Uint8Array, at: number, value: number): number {
  for (let places = 3; places <= 6; places += 3) {
    const scale = places === 3 ? 1e3 : 1e6;
    const scaled = Math.round(value * scale);
    // Of more digits, several may stand for the same double.
    if (scaled / scale !== value || Math.abs(scaled) >= 1e15) continue;
    let begin = at;
    if (scaled < 0) bytes[begin++] = MINUS;
    const size = Math.abs(scaled);
    const whole = Math.floor(size / scale);
    const point = writeInteger(bytes, begin, whole);
    bytes[point] = POINT;
    let end = writePadded(bytes, point + 1, size - whole * scale, places);
    while (bytes[end - 1] === ZERO) end -= 1;
    return end;
  }
  const size = Math.abs(value);
  if (size < 1e-5 || size >= 1e15 || !findShortest(size)) {
    return writeAscii(bytes, at, String(value));
  }
  if (value < 0) bytes[at] = MINUS;
  return writeShortest(bytes, value < 0 ? at + 1 : at);
}

/** Writes the digits that were found last, which stand before and behind a point. */
function writeShortest(bytes: Uint8Array, at: number): number {
  const { first, last, places } = shortest;
  let end = at;
  // The digits are written behind where the point and zeros in front of it may go.
  const zeros = places - 16;
  if (zeros > 0) {
    bytes[end++] = ZERO;
    bytes[end++] = POINT;
    for (let i = 1; i < zeros; i += 1) bytes[end++] = ZERO;
  }
  const begin = end;
  end = writePadded(bytes, writeSmall(bytes, end, first), last, 8);
  if (zeros <= 0) {
    const point = end - places;
    bytes.copyWithin(point + 1, point, end);
    bytes[point] = POINT;
    end += 1;
  }
  while (end > begin && bytes[end - 1] === ZERO) end -= 1;
  return bytes[end - 1] === POINT ? end - 1 : end;
}

function writeAscii(bytes: Uint8Array, at: number, text: string): number {
  for (let i = 0; i < text.length; i += 1) bytes[at + i] = text.charCodeAt(i);
  return at + text.length;
}

import { sumOf } from "../model/duration-sum.ts";
import type { Allocate } from "./merge/sum-memory.ts";

/** All finite doubles are whole multiples of 2 to the power of minus this. */
const UNIT_BITS = 1074;
const MANTISSA_BITS = 52;
const MANTISSA = (1n << BigInt(MANTISSA_BITS)) - 1n;

/**
 * Sums of numbers, each of them as if it had been computed without rounding and then rounded once. So a
 * sum does not depend on the order of its parts, and never falls when one of them rises: Prometheus would
 * take a fall by one unit in the last place for a reset.
 */
export class ExactSums {
  /** The rounded sums, and what they lack: both together are exact. */
  readonly #high: Float64Array;
  readonly #low: Float64Array;
  /** The sums that two numbers can't hold. */
  readonly #wide = new Map<number, WideSum>();

  /** @param length how many sums there are, all of them zero */
  constructor(length: number, allocate: Allocate = (length) => new Float64Array(length)) {
    this.#high = allocate(length);
    this.#low = allocate(length);
  }

  add(i: number, value: number): void {
    if (value === 0) return;
    const before = this.#high[i]!;
    const high = before + value;
    const lost = rest(before, value, high);
    const lowBefore = this.#low[i]!;
    const low = lowBefore + lost;
    // Comparisons with NaN are false, so infinities and NaN are wide, too.
    const isNarrow = this.#wide.size === 0 || !this.#wide.has(i);
    if (isNarrow && rest(lowBefore, lost, low) === 0) {
      this.#high[i] = high;
      this.#low[i] = low;
    } else {
      this.#addWide(i, value);
    }
  }

  /** The sum, rounded to the nearest double. */
  get(i: number): number {
    return this.#wide.get(i)?.value ?? this.#high[i]! + this.#low[i]!;
  }

  /** Numbers whose exact sum this is, as few as possible. */
  parts(i: number): number[] {
    const wide = this.#wide.get(i) ?? new WideSum();
    if (!this.#wide.has(i)) {
      wide.add(this.#high[i]!);
      wide.add(this.#low[i]!);
    }
    return wide.parts();
  }

  #addWide(i: number, value: number): void {
    let wide = this.#wide.get(i);
    if (wide === undefined) {
      wide = new WideSum();
      wide.add(this.#high[i]!);
      wide.add(this.#low[i]!);
      this.#wide.set(i, wide);
    }
    wide.add(value);
  }
}

/** The sums of series of several members, each of which is two numbers (see `addNanoseconds`). */
export class DurationSums {
  readonly #observed: ExactSums;
  /** Whole seconds and nanoseconds apart, so that neither number becomes too large to be exact. */
  readonly #seconds: Float64Array;
  readonly #nanoseconds: Float64Array;

  constructor(length: number, allocate: Allocate) {
    this.#observed = new ExactSums(length, allocate);
    this.#seconds = allocate(length);
    this.#nanoseconds = allocate(length);
  }

  /** Adds the two numbers that begin at `at`. */
  add(i: number, numbers: Float64Array, at: number): void {
    this.#observed.add(i, numbers[at]!);
    const nanoseconds = numbers[at + 1]!;
    const part = nanoseconds % 1e9;
    this.#seconds[i]! += (nanoseconds - part) / 1e9;
    this.#nanoseconds[i]! += part;
  }

  /** The sum, rounded to the nearest double. */
  get(i: number): number {
    return sumOf(this.#observed.get(i), this.#nanoseconds[i]!, this.#seconds[i]!);
  }
}

/** What `a + b` loses when it is rounded to `sum`. */
function rest(a: number, b: number, sum: number): number {
  const rounded = sum - a;
  return a - (sum - rounded) + (b - rounded);
}

/** A sum of any numbers, as a whole number of the smallest unit. It is slow, and rarely needed. */
class WideSum {
  #units = 0n;
  /** The sum of infinities and NaN; 0 if there are none. */
  #special = 0;

  add(value: number): void {
    if (Number.isFinite(value)) this.#units += unitsOf(value);
    else this.#special += value;
  }

  get value(): number {
    return this.#special === 0 ? numberOf(this.#units) : this.#special;
  }

  parts(): number[] {
    if (this.#special !== 0) return [this.#special];
    const parts: number[] = [];
    let left = this.#units;
    while (left !== 0n) {
      // The largest number, where the sum is above it.
      const rounded = numberOf(left);
      const part = Math.max(-Number.MAX_VALUE, Math.min(Number.MAX_VALUE, rounded));
      parts.push(part);
      left -= unitsOf(part);
    }
    return parts;
  }
}

const bits = new BigInt64Array(1);
const double = new Float64Array(bits.buffer);

function unitsOf(value: number): bigint {
  double[0] = Math.abs(value);
  const exponent = Number(bits[0]! >> BigInt(MANTISSA_BITS));
  const mantissa = bits[0]! & MANTISSA;
  const units = exponent === 0 ? mantissa : (mantissa | (MANTISSA + 1n)) << BigInt(exponent - 1);
  return value < 0 ? -units : units;
}

/** The nearest double; of two that are equally near, the one whose last bit is 0. */
function numberOf(units: bigint): number {
  if (units < 0n) return -numberOf(-units);
  const dropped = units.toString(16).length * 4 - MANTISSA_BITS - 8;
  // `Number` rounds correctly but knows no fractions, so what is shifted out only has to be told from a tie.
  if (dropped <= 0) return Number(units) * 2 ** -UNIT_BITS;
  const shift = BigInt(dropped);
  const kept = units >> shift;
  const isExact = kept << shift === units;
  const sticky = (kept << 1n) | (isExact ? 0n : 1n);
  return scaled(Number(sticky), dropped - 1 - UNIT_BITS);
}

/** `value * 2 ** exponent`, where `2 ** exponent` alone may be no normal number. */
function scaled(value: number, exponent: number): number {
  const half = Math.trunc(exponent / 2);
  return value * 2 ** half * 2 ** (exponent - half);
}

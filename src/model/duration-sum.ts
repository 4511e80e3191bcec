// Durations that the library clocks itself are whole nanoseconds, and are added up without rounding. A series
// has two numbers for its sum: what was observed in other ways, and behind it the nanoseconds below `CARRY`.
// Each time these reach it, a million seconds go to the first number, which has them exactly, too. While it does, the
// second one is at or above `CARRY`.

const SECOND = 1e9;

/** So many nanoseconds are a million seconds. Those below have 15 digits at most, and are written fast. */
export const CARRY = 1e15;

/** Up to so many seconds, their nanoseconds are whole numbers that a double has exactly. */
const EXACT_SECONDS = 9e6;

/** Adds a duration to the sum of a series, whose two numbers begin at `at`. */
export function addNanoseconds(numbers: Float64Array, at: number, nanoseconds: number): void {
  let sum = numbers[at + 1]! + nanoseconds;
  if (sum >= CARRY) sum = carry(numbers, at, nanoseconds);
  numbers[at + 1] = sum;
}

/** Takes whole millions of seconds to the first number; returns the nanoseconds that are left. */
function carry(numbers: Float64Array, at: number, nanoseconds: number): number {
  const part = nanoseconds % CARRY;
  let left = numbers[at + 1]! + part;
  let carried = nanoseconds - part;
  if (left >= CARRY) {
    left -= CARRY;
    carried += CARRY;
  }
  // Another thread that reads both numbers meanwhile sees by this one that it must read them again.
  numbers[at + 1]! += nanoseconds;
  fence();
  const before = numbers[at]!;
  const after = before + carried / SECOND;
  // Rounded up beside values that were observed, because servers would take a sum that falls for a reset.
  numbers[at] = after - carried / SECOND < before ? after * (1 + Number.EPSILON) : after;
  fence();
  return left;
}

const FENCE = new Int32Array(1);

/** What is read or written before it is so for other threads, too, before what comes after it. */
export function fence(): void {
  Atomics.add(FENCE, 0, 0);
}

/**
 * A sum of values that were observed and durations that were clocked. It depends on their sum alone, not on
 * how many of the seconds have been carried: processes of a group carry apart.
 *
 * @param nanoseconds whole ones, up to 2^53
 * @param seconds whole ones, beside the nanoseconds
 */
export function sumOf(observed: number, nanoseconds: number, seconds = 0): number {
  if (nanoseconds === 0 && seconds === 0) return observed;
  if (observed === 0 && seconds === 0) return nanoseconds / SECOND;
  if (!Number.isFinite(observed)) return observed;
  const whole = Math.trunc(observed);
  return secondsOf(seconds + whole, nanoseconds, observed - whole);
}

/** Whole seconds, nanoseconds, and a fraction of a second; without a fraction, the nearest double. */
function secondsOf(seconds: number, nanoseconds: number, fraction: number): number {
  const rest = nanoseconds % SECOND;
  const whole = seconds + (nanoseconds - rest) / SECOND;
  if (fraction !== 0) return whole + (fraction + rest / SECOND);
  // A fraction of whole nanoseconds is never so near to the middle of two large doubles that rounding it matters.
  return Math.abs(whole) < EXACT_SECONDS ? (whole * SECOND + rest) / SECOND : whole + rest / SECOND;
}

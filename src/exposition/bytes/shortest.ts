/** Powers of ten that are exact as doubles. */
const POWERS = Array.from({ length: 23 }, (_, places) => Number(`1e${places}`));
const HIGH = POWERS.map(highHalf);
const LOW = POWERS.map((power, i) => power - HIGH[i]!);

const EIGHT_DIGITS = 1e8;
/** All sums of doubles here are as exact as this. */
const DOUBT = 1e-6;

const view = new DataView(new ArrayBuffer(8));

/** The 17 digits that were found last: nine and eight, to be divided by ten to the power of `places`. */
export const shortest = { first: 0, last: 0, places: 0 };

/**
 * Finds the fewest digits, 17 at most, that tell a double from all others. They are those of `String`, which takes ten times as
 * long. The number is scaled to 17 digits before the point, exactly, as the sum of two doubles; then the nearest number
 * that ends in most zeros is looked for, within half a step to the next double.
 *
 * @param value from 1e-5 to 1e15
 * @returns false where it is too close to call, or where the steps up and down differ: `String` knows these
 */
export function findShortest(value: number): boolean {
  view.setFloat64(0, value);
  const word = view.getUint32(0);
  if ((word & 0xfffff) === 0 && view.getUint32(4) === 0) return false;
  // Half a step: a power of two that is 53 lower.
  view.setUint32(0, ((word >>> 20) - 53) << 20);
  view.setUint32(4, 0);
  const half = view.getFloat64(0);

  let places = 16 - Math.floor(Math.log10(value));
  let scaled = value * POWERS[places]!;
  if (scaled >= 1e17) scaled = value * POWERS[--places]!;
  else if (scaled < 1e16) scaled = value * POWERS[++places]!;
  const high = highHalf(value);
  const low = value - high;
  const [powerHigh, powerLow] = [HIGH[places]!, LOW[places]!];
  // What the product lost when it was rounded.
  const lost = high * powerHigh - scaled + high * powerLow + low * powerHigh + low * powerLow;

  let first = Math.floor(scaled / EIGHT_DIGITS);
  const rest = scaled - first * EIGHT_DIGITS + lost;
  const reach = half * POWERS[places]!;
  let last = 0;
  let isTie = false;
  for (let unit = 1; unit < EIGHT_DIGITS; unit *= 10) {
    const rounded = Math.round(rest / unit) * unit;
    const distance = Math.abs(rounded - rest);
    if (Math.abs(distance - reach) < DOUBT) return false;
    if (distance > reach) break;
    last = rounded;
    isTie = unit / 2 - distance < DOUBT;
  }
  if (isTie) return false;
  if (last < 0) {
    first -= 1;
    last += EIGHT_DIGITS;
  } else if (last >= EIGHT_DIGITS) {
    first += 1;
    last -= EIGHT_DIGITS;
  }
  shortest.first = first;
  shortest.last = last;
  shortest.places = places;
  // Next to a power of ten there may be a digit less or more.
  return first >= EIGHT_DIGITS && first < 10 * EIGHT_DIGITS;
}

/** The upper half of the digits of a double, so that its product with another half is exact. */
function highHalf(value: number): number {
  const shifted = value * 134_217_729;
  return shifted - (shifted - value);
}

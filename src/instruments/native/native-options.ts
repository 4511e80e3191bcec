import { invalidOption } from "../../errors.ts";

/** How a native histogram resolves values, and what it does against having too many buckets. */
export interface NativeOptions {
  /** A bucket is at most this factor wider than the one before; above 1, by default 1.1. */
  readonly factor?: number;
  /** More populated buckets than this make it reset, or coarser; 160 by default, 0 is no limit. */
  readonly maxBuckets?: number;
  /** Values of at most this size count as zero; 2 ** -128 by default. */
  readonly zeroThreshold?: number;
  /** How far the zero threshold may be raised to save buckets; by default not at all. */
  readonly maxZeroThreshold?: number;
  /**
   * Past `maxBuckets` the histogram, its classic buckets too, begins anew if it is at least this
   * old, in seconds; a younger one gets coarser and begins anew at this age. By default, 0, never.
   */
  readonly minResetSeconds?: number;
  /** How many exemplars are kept for the native side; 10 by default, 0 keeps none. */
  readonly maxExemplars?: number;
  /** The oldest exemplar makes way first if it is older than this; 300 by default, 0: at any age. */
  readonly exemplarTtlSeconds?: number;
}

/** The options, checked and complete. */
export interface NativeSettings extends Required<NativeOptions> {
  /** The resolution that `factor` asks for. */
  readonly schema: number;
}

const FROM_ZERO = "use a finite number from 0";
const WHOLE_FROM_ZERO = "use a whole number from 0";

/** What a histogram's option `native` asks for; undefined where that is nothing. */
export function nativeOptions(
  metric: string,
  option: boolean | NativeOptions | undefined,
): NativeSettings | undefined {
  if (option === undefined || option === false) return undefined;
  if (option !== true && (typeof option !== "object" || option === null)) {
    throw invalidOption(metric, "native", option, "use true, or an object with options");
  }
  const {
    factor = 1.1,
    maxBuckets = 160,
    zeroThreshold = 2 ** -128,
    maxZeroThreshold = 0,
    minResetSeconds = 0,
    maxExemplars = 10,
    exemplarTtlSeconds = 300,
  } = option === true ? {} : option;
  if (!(Number.isFinite(factor) && factor > 1)) {
    throw invalidOption(metric, "native.factor", factor, "use a finite number above 1");
  }
  const numbers = { zeroThreshold, maxZeroThreshold, minResetSeconds, exemplarTtlSeconds };
  for (const [name, value] of Object.entries(numbers)) {
    if (Number.isFinite(value) && value >= 0) continue;
    throw invalidOption(metric, `native.${name}`, value, FROM_ZERO);
  }
  for (const [name, value] of Object.entries({ maxBuckets, maxExemplars })) {
    if (Number.isSafeInteger(value) && value >= 0) continue;
    throw invalidOption(metric, `native.${name}`, value, WHOLE_FROM_ZERO);
  }
  return { factor, schema: schemaOf(factor), maxBuckets, maxExemplars, ...numbers };
}

/** The coarsest schema whose buckets grow by at most the factor: the least s with 2 ** 2 ** -s <= factor. */
function schemaOf(factor: number): number {
  const widening = Math.floor(log2(log2(factor)));
  return Math.min(8, Math.max(-4, 0 - widening));
}

/** As Go rounds it, which decides for factors such as 2 ** (1 / 4) where `Math.log2` differs. */
function log2(value: number): number {
  let fraction = value;
  let exponent = 0;
  for (; fraction >= 1; exponent += 1) fraction /= 2;
  for (; fraction < 0.5; exponent -= 1) fraction *= 2;
  return fraction === 0.5 ? exponent - 1 : Math.log(fraction) * Math.LOG2E + exponent;
}

import { invalidOption, show } from "../../../errors.ts";
import { type Complete, knownOptions, type OptionNames, ownOptions } from "../../../options.ts";

/** The resolution of a native histogram, and what it does when it has too many buckets. */
export interface NativeOptions {
  /** A bucket is at most this much wider than the one before; above 1, by default 1.1. */
  readonly factor?: number | undefined;
  /** With more populated buckets it is reset or gets coarser; 160 by default, 0 for no limit. */
  readonly maxBuckets?: number | undefined;
  /** Values up to this size count as zero; 2 ** -128 by default. */
  readonly zeroThreshold?: number | undefined;
  /** The zero threshold may be raised up to this to save buckets; by default not at all. */
  readonly maxZeroThreshold?: number | undefined;
  /**
   * With more than `maxBuckets`, a histogram of at least this age in seconds is reset, including its
   * classic buckets; a younger one gets coarser, and is reset at this age. By default, 0, never.
   */
  readonly minResetSeconds?: number | undefined;
  /** How many exemplars the native side has; 10 by default, 0 for none. */
  readonly maxExemplars?: number | undefined;
  /** An exemplar older than this many seconds is replaced first; 300 by default, 0 for any age. */
  readonly exemplarTtlSeconds?: number | undefined;
}

const NAMES: OptionNames<NativeOptions> = {
  factor: true,
  maxBuckets: true,
  zeroThreshold: true,
  maxZeroThreshold: true,
  minResetSeconds: true,
  maxExemplars: true,
  exemplarTtlSeconds: true,
};

/** All options, checked and complete. */
export interface NativeSettings extends Complete<NativeOptions> {
  /** The resolution for `factor`. */
  readonly schema: number;
}

const FROM_ZERO = "use a finite number from 0";
const WHOLE_FROM_ZERO = "use a whole number from 0";

/** The settings of a histogram's native side; undefined if it has none. */
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
  } = option === true
    ? ownOptions<NativeOptions>({})
    : knownOptions(`Metric ${show(metric)}, option native`, option, NAMES);
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

/** The coarsest schema for the factor: the least s with 2 ** 2 ** -s <= factor. */
function schemaOf(factor: number): number {
  const widening = Math.floor(log2(log2(factor)));
  return Math.min(8, Math.max(-4, 0 - widening));
}

/** Rounds as in Go: `Math.log2` gives another schema for factors such as 2 ** (1 / 4). */
function log2(value: number): number {
  let fraction = value;
  let exponent = 0;
  for (; fraction >= 1; exponent += 1) fraction /= 2;
  for (; fraction < 0.5; exponent -= 1) fraction *= 2;
  return fraction === 0.5 ? exponent - 1 : Math.log(fraction) * Math.LOG2E + exponent;
}

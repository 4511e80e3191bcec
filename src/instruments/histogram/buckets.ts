import { invalidOption, invalidSetting, noBounds } from "../../errors.ts";
import { isObject, knownOptions, type OptionNames } from "../../options.ts";

/** The default bounds of the Go client, meant for the latency of network services in seconds. */
export const DEFAULT_BUCKETS: readonly number[] = [
  0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
];

interface LinearOptions {
  readonly start: number;
  readonly width: number;
  readonly count: number;
}

const LINEAR_OPTIONS: OptionNames<LinearOptions> = { start: true, width: true, count: true };

interface ExponentialOptions {
  readonly start: number;
  readonly factor: number;
  readonly count: number;
}

const EXPONENTIAL_OPTIONS: OptionNames<ExponentialOptions> = {
  start: true,
  factor: true,
  count: true,
};

/**
 * Upper bounds with equal distances between them.
 *
 * @example
 * linearBuckets({ start: 10, width: 5, count: 3 }); // [10, 15, 20]
 */
export function linearBuckets(options: LinearOptions): number[] {
  const { start, width, count } = checked("linearBuckets", options, LINEAR_OPTIONS);
  return bounds(count, (i) => start + i * width);
}

/**
 * Upper bounds, each of them the previous one times `factor`.
 *
 * @example
 * exponentialBuckets({ start: 1, factor: 2, count: 4 }); // [1, 2, 4, 8]
 */
export function exponentialBuckets(options: ExponentialOptions): number[] {
  const { start, factor, count } = checked("exponentialBuckets", options, EXPONENTIAL_OPTIONS);
  return bounds(count, (i) => start * factor ** i);
}

function checked<Options extends object>(
  name: string,
  options: Options,
  names: OptionNames<Options>,
): Options {
  if (!isObject(options)) throw noBounds(name, Object.keys(names), options);
  return knownOptions(name, options, names);
}

function bounds(count: number, bound: (i: number) => number): number[] {
  if (!Number.isInteger(count) || count < 1) {
    throw invalidSetting("Buckets", "count", count, "use a whole number from 1");
  }
  return Array.from({ length: count }, (_, i) => bound(i));
}

/** Throws unless the bounds are finite numbers in ascending order. */
export function checkBuckets(metric: string, bounds: unknown): asserts bounds is readonly number[] {
  if (!Array.isArray(bounds)) {
    throw invalidOption(metric, "buckets", bounds, "use an array of upper bounds");
  }
  // `Array.from`, because `forEach` alone skips holes.
  Array.from(bounds).forEach((bound, i) => {
    if (typeof bound !== "number" || !Number.isFinite(bound)) {
      throw invalidOption(
        metric,
        `buckets[${i}]`,
        bound,
        "use finite numbers; +Inf is added for you",
      );
    }
    if (i > 0 && bound <= bounds[i - 1]) {
      throw invalidOption(
        metric,
        `buckets[${i}]`,
        bound,
        `bounds must ascend, and the one before is ${bounds[i - 1]}`,
      );
    }
  });
}

import { describe, expect, it, test } from "vitest";
import { thrown } from "../../../../test/thrown.ts";
import { type NativeOptions, nativeOptions } from "./options.ts";

test("nothing is asked for by leaving the option out, or by false", () => {
  expect(nativeOptions("m", undefined)).toBeUndefined();
  expect(nativeOptions("m", false)).toBeUndefined();
});

test("what is left out has a default", () => {
  const defaults = {
    factor: 1.1,
    schema: 3,
    maxBuckets: 160,
    zeroThreshold: 2.938735877055719e-39,
    maxZeroThreshold: 0,
    minResetSeconds: 0,
    maxExemplars: 10,
    exemplarTtlSeconds: 300,
  };
  expect(nativeOptions("m", true)).toEqual(defaults);
  expect(nativeOptions("m", {})).toEqual(defaults);
  const given = { maxBuckets: 0, zeroThreshold: 0, maxExemplars: 0, exemplarTtlSeconds: 0 };
  expect(nativeOptions("m", given)).toEqual({ ...defaults, ...given });
});

describe("the schema of a factor", () => {
  // The powers of 2 ** (1 / 2 ** n) that a double can't hold are on the side where Go rounds them to.
  it.each([
    [1 + Number.EPSILON, 8],
    [1.0000000001, 8],
    [1.002, 8],
    [2 ** (1 / 256), 8],
    [2 ** (1 / 128), 8],
    [2 ** (1 / 64), 6],
    [2 ** (1 / 32), 5],
    [2 ** (1 / 16), 5],
    [2 ** (1 / 8), 3],
    [2 ** (1 / 4), 3],
    [2 ** (1 / 2), 1],
    [1.1, 3],
    [1.2, 2],
    [1.9999999999999998, 1],
    [2, 0],
    [3.9999999999999996, 0],
    [4, -1],
    [17, -2],
    [256, -3],
    [65_535, -3],
    [65_536, -4],
    [Number.MAX_VALUE, -4],
  ])("%d is %d", (factor, schema) => {
    expect(nativeOptions("m", { factor })?.schema).toBe(schema);
  });
});

describe("a bad value is named, with the way out", () => {
  it.each<[NativeOptions, string]>([
    [{ factor: 1 }, "native.factor is 1: use a finite number above 1"],
    [{ factor: Number.NaN }, "native.factor is NaN: use a finite number above 1"],
    [
      { factor: Number.POSITIVE_INFINITY },
      "native.factor is Infinity: use a finite number above 1",
    ],
    [{ factor: "1.1" as never }, 'native.factor is "1.1": use a finite number above 1'],
    [{ maxBuckets: 1.5 }, "native.maxBuckets is 1.5: use a whole number from 0"],
    [{ maxBuckets: -1 }, "native.maxBuckets is -1: use a whole number from 0"],
    [{ maxExemplars: -1 }, "native.maxExemplars is -1: use a whole number from 0"],
    [{ zeroThreshold: -1 }, "native.zeroThreshold is -1: use a finite number from 0"],
    [{ zeroThreshold: "0" as never }, 'native.zeroThreshold is "0": use a finite number from 0'],
    [{ maxZeroThreshold: -1 }, "native.maxZeroThreshold is -1: use a finite number from 0"],
    [
      { minResetSeconds: Number.POSITIVE_INFINITY },
      "native.minResetSeconds is Infinity: use a finite number from 0",
    ],
    [{ exemplarTtlSeconds: -1 }, "native.exemplarTtlSeconds is -1: use a finite number from 0"],
    ["yes" as never, 'native is "yes": use true, or an object with options'],
    [null as never, "native is null: use true, or an object with options"],
  ])("%j", (option, message) => {
    const error = thrown(() => nativeOptions("m", option));
    expect(error.code).toBe("NARTHEX_OPTION_INVALID");
    expect(error.message).toBe(`Metric "m": option ${message}.`);
  });
});

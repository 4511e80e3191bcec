import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Octaves, QuantileWindow } from "./quantile-window.ts";
import { SLICES } from "./slice-clock.ts";

/** Thousandths, so that ranks can be computed in whole numbers. */
const THOUSANDTHS = [0, 1, 10, 70, 250, 500, 550, 900, 990, 999, 1000];

/** The quantiles when this slice has begun. */
function read(window: QuantileWindow, quantiles: readonly number[], slice = 0): number[] {
  const values = new Float64Array(quantiles.length).fill(-1);
  window.read(slice, quantiles, values);
  return [...values];
}

function newWindow(): QuantileWindow {
  return new QuantileWindow(new Octaves(), 0);
}

function exact(values: readonly number[], thousandths: number): number {
  const ascending = [...values].sort((a, b) => a - b);
  const rank = Math.max(1, Math.floor((values.length * thousandths + 999) / 1000));
  return ascending[rank - 1]!;
}

function expectClose(shown: number, wanted: number): void {
  if (shown === wanted) return;
  const error = Math.abs(shown - wanted);
  expect(error, `${shown} for ${wanted}`).toBeLessThanOrEqual(
    Math.max(Math.abs(wanted) / 128, 2 ** -1028),
  );
}

function expectQuantiles(values: readonly number[]): void {
  const window = newWindow();
  values.forEach((value, i) => {
    window.add(value, Math.floor((i * SLICES) / values.length));
  });
  const shown = read(
    window,
    THOUSANDTHS.map((thousandths) => thousandths / 1000),
    SLICES - 1,
  );
  THOUSANDTHS.forEach((thousandths, i) => {
    const wanted = exact(values, thousandths);
    expectClose(shown[i]!, wanted);
    if (thousandths % 1000 === 0)
      expect(shown[i]! === wanted, `${shown[i]} for ${wanted}`).toBe(true);
  });
}

/** Evenly distributed from 0 up to 1, the same in every run. */
function* evenly(): Generator<number, never> {
  for (let state = 1; ; ) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    yield state / 2 ** 32;
  }
}

describe("quantiles are at most 1/128 off the exact ones", () => {
  test("of any doubles", () => {
    const values = fc.array(fc.double({ noNaN: true }), { minLength: 1, maxLength: 300 });
    fc.assert(fc.property(values, expectQuantiles), { numRuns: 300 });
  });

  test("of values close together", () => {
    const close = fc.double({ min: 0.9, max: 1.1, noNaN: true });
    const values = fc.array(close, { minLength: 1, maxLength: 300 });
    // Both are in one bucket, and above what stands for it.
    const inOneBucket: [number[]] = [[0.98046875 + 2 ** -53, 0.98046875 + 2 ** -52]];
    fc.assert(fc.property(values, expectQuantiles), { examples: [inOneBucket] });
  });

  test.each<[string, (random: () => number) => number]>([
    ["uniform", (random) => random() * 100],
    ["exponential", (random) => -Math.log(1 - random()) / 50],
    ["logarithmic normal", (random) => Math.exp(3 * (random() + random() + random() - 1.5))],
    ["with a heavy tail", (random) => (1 - random()) ** -2],
    ["bimodal", (random) => (random() < 0.93 ? 0.002 : 30) * (1 + random() / 10)],
    ["around zero", (random) => random() - 0.5],
    ["negative", (random) => -(random() ** 5)],
    ["whole", (random) => Math.floor(random() * 20)],
    ["constant", () => 0.1],
    ["sparse", (random) => (random() < 0.999 ? 0 : 1e9)],
  ])("of values that are %s", (_, draw) => {
    const numbers = evenly();
    const random = () => numbers.next().value;
    expectQuantiles(Array.from({ length: 20_000 }, () => draw(random)));
  });

  test("of powers of two and their neighbours, which begin and end buckets", () => {
    for (let power = 2 ** -1074; power < Infinity; power *= 2) {
      for (const size of [power, power * (1 - 2 ** -53), power * (1 + 2 ** -52)]) {
        for (const value of [size, -size]) {
          const window = newWindow();
          window.add(value, 0);
          expectClose(read(window, [0.5])[0]!, value);
        }
      }
    }
  });
});

test("of 100 values, the quantile of n hundredths is the nth, however it is rounded", () => {
  const window = newWindow();
  for (let power = 1; power <= 100; power += 1) window.add(2 ** power, 0);
  for (let n = 1; n <= 100; n += 1) {
    expectClose(read(window, [n / 100])[0]!, 2 ** n);
    expectClose(read(window, [n * 0.01])[0]!, 2 ** n);
  }
});

test.each([1, 0, 1e-320, -1e-320, 0.1, Number.MAX_VALUE])("%s alone is shown as it is", (value) => {
  const window = newWindow();
  for (let i = 0; i < 3; i += 1) window.add(value, 0);
  expect(read(window, [0, 0.5, 0.9, 1])).toEqual([value, value, value, value]);
});

test("a value nearer to zero than the normal numbers is shown as 0 among others", () => {
  const window = newWindow();
  for (const value of [-1, 1e-320, 1]) window.add(value, 0);
  expect(read(window, [0.5])).toEqual([0]);
});

test("the infinities are the lowest and the highest value", () => {
  const window = newWindow();
  for (const value of [Infinity, -Infinity, Number.MAX_VALUE]) window.add(value, 0);
  const [lowest, middle, highest] = read(window, [0, 0.5, 1]);
  expect([lowest, highest]).toEqual([-Infinity, Infinity]);
  expectClose(middle!, Number.MAX_VALUE);
});

test("without values every quantile is NaN", () => {
  expect(read(newWindow(), [0, 0.5, 1])).toEqual([Number.NaN, Number.NaN, Number.NaN]);
});

test("the windows of a family share nothing but the order of their octaves", () => {
  const octaves = new Octaves();
  const windows = [1000, 0.001, -1000].map((value) => {
    const window = new QuantileWindow(octaves, 0);
    for (let i = 0; i < 3; i += 1) window.add(value, 0);
    return { window, value };
  });
  for (const { window, value } of windows) {
    for (const shown of read(window, [0, 1])) expectClose(shown, value);
  }
});

test("slices leave the window one by one, whether values or scrapes show that time has passed", () => {
  for (let steps = 0; steps <= SLICES + 2; steps += 1) {
    for (const isObserved of [true, false]) {
      const window = new QuantileWindow(new Octaves(), 8);
      // A power of two for each slice tells which ones are left; 12 is the newest.
      for (let slice = 8; slice <= 12; slice += 1) window.add(2 ** slice, slice);
      if (isObserved) window.add(2 ** 20, 12 + steps);
      const [lowest, highest] = read(window, [0, 1], 12 + steps);
      if (steps < SLICES) expect(lowest).toBe(2 ** (8 + steps));
      else expect(lowest).toBe(isObserved ? 2 ** 20 : Number.NaN);
      if (isObserved) expect(highest).toBe(2 ** 20);
      else if (steps < SLICES) expect(highest).toBe(2 ** 12);
    }
  }
});

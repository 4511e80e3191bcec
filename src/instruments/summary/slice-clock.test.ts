import fc from "fast-check";
import { beforeEach, describe, expect, test } from "vitest";
import { SLICES, SliceClock } from "./slice-clock.ts";

const SLICE_MS = 1000;

let now: number;
let readings: number;
let clock: SliceClock;
beforeEach(() => {
  now = 1_700_000_000_123;
  clock = new SliceClock(SLICES * SLICE_MS, () => {
    readings += 1;
    return now;
  });
  readings = 0;
});

test("slices are counted up", () => {
  const seen = Array.from({ length: 7 }, () => {
    clock.sync();
    now += SLICE_MS;
    return clock.slice;
  });
  expect(seen).toEqual([0, 1, 2, 3, 4, 5, 6]);
});

test("a slice ends after its whole time, whatever the steps", () => {
  const begin = clock.slice;
  now += SLICE_MS - 1;
  clock.sync();
  expect(clock.slice).toBe(begin);
  now += 1;
  clock.sync();
  expect(clock.slice).toBe(begin + 1);
});

test("a clock that is set back stops the slices only until it goes on", () => {
  const begin = clock.slice;
  now -= 3_600_000;
  clock.sync();
  expect(clock.slice).toBe(begin);
  now += 2 * SLICE_MS;
  clock.sync();
  expect(clock.slice).toBe(begin + 2);
});

describe("readings of the clock", () => {
  test("are one for each of a few observations, so that all are dated exactly", () => {
    const begin = clock.slice;
    for (let i = 1; i <= 16; i += 1) {
      clock.tick();
      expect(clock.slice).toBe(begin + i - 1);
      now += SLICE_MS;
    }
  });

  test("are rare among many observations", () => {
    for (let i = 0; i < 1_000_000; i += 1) clock.tick();
    expect(readings).toBeGreaterThan(900);
    expect(readings).toBeLessThan(1200);
  });

  test.each<[string, () => void]>([
    ["a sync", () => clock.sync()],
    ["a reading that shows a pause", pause],
  ])("are one for each observation again after %s", (_, restart) => {
    for (let i = 0; i < 100_000; i += 1) clock.tick();
    restart();
    const before = clock.slice;
    now += SLICE_MS;
    clock.tick();
    expect(clock.slice).toBe(before + 1);
  });

  function pause(): void {
    const before = clock.slice;
    now += SLICE_MS;
    while (clock.slice === before) clock.tick();
  }

  test("never date an observation too late, and at most a sixteenth of a burst too early", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 50_000 }), (burst) => {
        clock.sync();
        for (let i = 0; i < burst; i += 1) clock.tick();
        const before = clock.slice;
        now += SLICE_MS;
        let early = 0;
        for (clock.tick(); clock.slice === before; clock.tick()) early += 1;
        expect(clock.slice).toBe(before + 1);
        expect(early).toBeLessThanOrEqual(Math.min(burst / 16, 1023));
      }),
    );
  });
});

test("a clock that throws is read again at the next observation", () => {
  const failing = new SliceClock(SLICES * SLICE_MS, () => {
    readings += 1;
    if (readings === 2) throw new Error("no clock");
    return now;
  });
  expect(() => failing.tick()).toThrow("no clock");
  now += SLICE_MS;
  expect(failing.tick()).toBe(1);
});

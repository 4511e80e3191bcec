import fc from "fast-check";
import { beforeEach, describe, expect, test } from "vitest";
import { SLICES, SliceClock } from "./slice-clock.ts";

const SLICE_MS = 1000;

let now: number;
let looks: number;
let clock: SliceClock;
beforeEach(() => {
  now = 1_700_000_000_123;
  clock = new SliceClock(SLICES * SLICE_MS, () => {
    looks += 1;
    return now;
  });
  looks = 0;
});

test("slices follow each other, and each has its place in the window", () => {
  const seen = Array.from({ length: 7 }, () => {
    clock.sync();
    now += SLICE_MS;
    return [clock.epoch, clock.slice];
  });
  expect(seen).toEqual([0, 1, 2, 3, 4, 5, 6].map((epoch) => [epoch, epoch % 5]));
});

test("a slice ends after its whole time, whatever the steps", () => {
  const begin = clock.epoch;
  now += SLICE_MS - 1;
  clock.sync();
  expect(clock.epoch).toBe(begin);
  now += 1;
  clock.sync();
  expect(clock.epoch).toBe(begin + 1);
});

test("a clock that is set back stops the slices only until it goes on", () => {
  const begin = clock.epoch;
  now -= 3_600_000;
  clock.sync();
  expect(clock.epoch).toBe(begin);
  now += 2 * SLICE_MS;
  clock.sync();
  expect(clock.epoch).toBe(begin + 2);
});

describe("looks at the clock", () => {
  test("are one for each of a few observations, so that all are dated exactly", () => {
    const begin = clock.epoch;
    for (let i = 1; i <= 16; i += 1) {
      clock.tick();
      expect(clock.epoch).toBe(begin + i - 1);
      now += SLICE_MS;
    }
  });

  test("are rare among many observations", () => {
    for (let i = 0; i < 1_000_000; i += 1) clock.tick();
    expect(looks).toBeGreaterThan(900);
    expect(looks).toBeLessThan(1200);
  });

  test.each<[string, () => void]>([
    ["a sync", () => clock.sync()],
    ["a look that shows a pause", pause],
  ])("are one for each observation again after %s", (_, restart) => {
    for (let i = 0; i < 100_000; i += 1) clock.tick();
    restart();
    const before = clock.epoch;
    now += SLICE_MS;
    clock.tick();
    expect(clock.epoch).toBe(before + 1);
  });

  function pause(): void {
    const before = clock.epoch;
    now += SLICE_MS;
    while (clock.epoch === before) clock.tick();
  }

  test("never date an observation too late, and too early for a sixteenth of a burst at most", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 50_000 }), (burst) => {
        clock.sync();
        for (let i = 0; i < burst; i += 1) clock.tick();
        const before = clock.epoch;
        now += SLICE_MS;
        let early = 0;
        for (clock.tick(); clock.epoch === before; clock.tick()) early += 1;
        expect(clock.epoch).toBe(before + 1);
        expect(early).toBeLessThanOrEqual(Math.min(burst / 16, 1023));
      }),
    );
  });
});

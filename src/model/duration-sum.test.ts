import fc from "fast-check";
import { expect, test, vi } from "vitest";
import { nanosecondsBetween, recordDuration } from "../instruments/timer.ts";
import { Registry } from "../registry/registry.ts";
import { addNanoseconds, sumOf } from "./duration-sum.ts";

const ACCEPTED = ["", "1.0.0", "2.0.0"].map((version) =>
  version === "" ? "text/plain" : `application/openmetrics-text; version=${version}`,
);

/** From a nanosecond to a century. */
const duration = fc
  .tuple(fc.integer({ min: 0, max: 51 }), fc.nat(2 ** 31 - 1))
  .map(([bits, low]) => 2 ** bits + (low % 2 ** Math.min(bits, 31)));
const durations = fc.array(duration, { maxLength: 50 });

/** The double nearest to so many nanoseconds, as a number of seconds. */
const secondsOf = (nanoseconds: bigint) => Number(`${nanoseconds}e-9`);
const total = (all: readonly number[]) => all.reduce((sum, one) => sum + BigInt(one), 0n);

test("sums of durations are exact, whatever their size", () => {
  fc.assert(
    fc.property(fc.array(durations, { maxLength: 4 }), (members) => {
      const rows = members.map((all) => {
        const row = new Float64Array(2);
        for (const one of all) addNanoseconds(row, 0, one);
        expect(sumOf(row[0]!, row[1]!)).toBe(secondsOf(total(all)));
        return row;
      });
      expect(rows.every((row) => row[1]! < 1e15)).toBe(true);
    }),
    { numRuns: 300 },
  );
});

test.each(ACCEPTED)("a page has them to the last digit: %s", async (accept) => {
  await fc.assert(
    fc.asyncProperty(durations, async (all) => {
      const registry = new Registry();
      const histogram = registry.histogram({ name: "h", help: "", labels: ["a"], buckets: [1] });
      const summary = registry.summary({ name: "s", help: "" });
      for (const one of all) {
        recordDuration(histogram.labels({ a: "b" }), one);
        recordDuration(summary, one);
      }
      histogram.labels({ a: "b" });
      const page = new TextDecoder().decode((await registry.expose({ accept })).body);
      const sums = page.match(/(?<=_sum.* |sum:)[^ ,\n]+/g);
      const exact = String(secondsOf(total(all)));
      expect(sums).toEqual([exact, exact].map((sum) => (sum === "0" ? "0" : sum)));
    }),
    { numRuns: 60 },
  );
});

test("a sum does not depend on how many seconds were carried, beside values that were observed", () => {
  // Eighths, so that adding the seconds up rounds nothing.
  const observed = fc.integer({ min: 1, max: 8000 }).map((eighths) => eighths / 8);
  fc.assert(
    fc.property(observed, durations, (value, all) => {
      const one = new Float64Array([value, 0]);
      let seconds = 0;
      let nanoseconds = 0;
      for (const duration of all) {
        addNanoseconds(one, 0, duration);
        seconds += Math.floor(duration / 1e9);
        nanoseconds += duration % 1e9;
      }
      expect(sumOf(one[0]!, one[1]!)).toBe(sumOf(value, nanoseconds, seconds));
    }),
    { numRuns: 300 },
  );
});

test("a sum does not fall where values are observed beside durations", () => {
  const row = new Float64Array(2);
  let before = 0;
  for (let i = 0; i < 2000; i += 1) {
    if (i % 7 === 0) row[0]! += 0.1;
    else addNanoseconds(row, 0, i % 3 === 0 ? 1 : 987_654_321_987_654);
    const sum = sumOf(row[0]!, row[1]!);
    expect(sum).toBeGreaterThanOrEqual(before);
    before = sum;
  }
  expect(before).toBeGreaterThan(1e9);
});

test("timers add whole nanoseconds", () => {
  let clock = 0;
  const now = vi.spyOn(performance, "now").mockImplementation(() => clock);
  const histogram = new Registry().histogram({ name: "h", help: "", buckets: [] });
  // As doubles, ten tenths of a second are less than one.
  for (let i = 0; i < 10; i += 1) histogram.time(() => (clock += 100));
  const end = histogram.startTimer();
  clock += 0.25;
  expect(end()).toBe(0.000_25);
  clock -= 5;
  expect(end()).toBe(0);
  now.mockRestore();
  const sums: (number | undefined)[] = [];
  const sink = {
    family() {},
    histogram: (_: object, { sum }: { sum: number | undefined }) => sums.push(sum),
  };
  for (const _ of histogram.visit(sink as never) ?? []);
  expect(sums).toEqual([1.000_25]);
});

test("readings of the clock are whole nanoseconds", () => {
  expect(nanosecondsBetween(0.1, 0.3)).toBe(200_000);
  expect(nanosecondsBetween(2_592_000_000, 2_592_000_000.000_5)).toBe(500);
  expect(nanosecondsBetween(5, 4)).toBe(0);
});

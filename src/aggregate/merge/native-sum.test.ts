import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { NativeHistogram } from "../../model/sample-sink.ts";
import { Registry } from "../../registry/registry.ts";
import { NativeSum } from "./native-sum.ts";

/** The native side of a histogram that observed these values. */
function observed(values: readonly number[], factor = 1.1, zeroThreshold = 2 ** -128) {
  const registry = new Registry();
  const histogram = registry.histogram({
    name: "h",
    help: "",
    buckets: [],
    native: { factor, zeroThreshold, maxBuckets: 0 },
  });
  for (const value of values) histogram.observe(value);
  const composite = registry.find("h")?.samples.find(({ name }) => name === "h_count")?.composite;
  if (composite?.type !== "histogram" || composite.native === undefined)
    throw new Error("no value");
  return { ...composite.native, exemplars: [] };
}

function sumOf(histograms: readonly NativeHistogram[]): NativeHistogram | undefined {
  const sum = new NativeSum();
  for (const histogram of histograms) sum.add(histogram);
  return sum.value();
}

function countOf({ zeroCount, positive, negative }: NativeHistogram): number {
  return [zeroCount, ...positive.counts, ...negative.counts].reduce((a, b) => a + b, 0);
}

const values = fc.array(fc.double({ noNaN: true, noDefaultInfinity: true, min: -9, max: 9 }), {
  maxLength: 30,
});
const factors = fc.constantFrom(1.01, 1.1, 1.5, 2, 16);
const thresholds = fc.constantFrom(0, 2 ** -128, 0.01, 0.3, 1);
const histograms = fc.array(
  fc.tuple(values, factors, thresholds).map(([...given]) => observed(...given)),
  { minLength: 1, maxLength: 6 },
);

describe("a sum of native histograms", () => {
  it("is what one histogram has that observed all values", () => {
    fc.assert(
      fc.property(fc.array(values), factors, thresholds, (parts, factor, threshold) => {
        const sum = sumOf([[], ...parts].map((part) => observed(part, factor, threshold)));
        expect(sum).toEqual(observed(parts.flat(), factor, threshold));
      }),
    );
  });

  it("has the coarsest resolution, and all observations once, where resolutions differ", () => {
    fc.assert(
      fc.property(histograms, (all) => {
        const sum = sumOf(all)!;
        expect(sum.schema).toBe(Math.min(...all.map(({ schema }) => schema)));
        expect(sum.zeroThreshold).toBeGreaterThanOrEqual(
          Math.max(...all.map(({ zeroThreshold }) => zeroThreshold)),
        );
        expect(countOf(sum)).toBe(all.reduce((count, one) => count + countOf(one), 0));
      }),
    );
  });

  it("does not depend on the order, nor on which of them were folded before", () => {
    fc.assert(
      fc.property(histograms, fc.nat(), (all, seed) => {
        const at = seed % (all.length + 1);
        const folded = new NativeSum();
        for (const histogram of all.slice(0, at)) folded.add(histogram);
        const others = all.slice(at).reverse();
        expect(sumOf([...others, ...folded.parts()])).toEqual(sumOf(all));
      }),
    );
  });

  it("widens the zero bucket to the end of a populated bucket that it cuts, as Prometheus does", () => {
    // At a factor of 2 the buckets end at powers of two: 0.3 is within the one of 0.4.
    const sum = sumOf([observed([0.4, 3], 2, 0.01), observed([0.2, 8], 2, 0.3)]);
    expect(sum).toMatchObject({ zeroThreshold: 0.5, zeroCount: 2 });
    // The bucket that 0.3 cuts is empty, so the threshold stays.
    const empty = sumOf([observed([3], 2, 0.01), observed([8], 2, 0.3)]);
    expect(empty).toMatchObject({ zeroThreshold: 0.3, zeroCount: 0 });
  });

  it("has the newest exemplars", () => {
    const exemplar = (value: number, timestamp: number) => ({ labels: {}, value, timestamp });
    const some = Array.from({ length: 8 }, (_, i) => exemplar(i, i));
    const others = Array.from({ length: 8 }, (_, i) => exemplar(i + 0.5, i + 4));
    const native = observed([1]);
    const sum = sumOf([
      { ...native, exemplars: some },
      { ...native, exemplars: others },
    ]);
    const times = sum?.exemplars.map(({ timestamp }) => timestamp) ?? [];
    expect(times.sort((a, b) => a - b)).toEqual([5, 5, 6, 6, 7, 7, 8, 9, 10, 11]);
  });
});

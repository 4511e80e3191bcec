import fc from "fast-check";
import { expect, test } from "vitest";
import { BucketCounts } from "./bucket-counts.ts";

/** All indices that any schema has; many of them close to each other. */
const index = fc.oneof(
  fc.integer({ min: -40, max: 40 }),
  fc.integer({ min: -2000, max: 2000 }),
  fc.integer({ min: -275_000, max: 262_145 }),
);
const adds = fc.array(fc.record({ index, count: fc.integer({ min: 1, max: 5 }) }));

function entries(counts: BucketCounts): [number, number][] {
  const found: [number, number][] = [];
  counts.forEach((count, index) => {
    found.push([index, count]);
  });
  return found;
}

function sorted(model: ReadonlyMap<number, number>): [number, number][] {
  return [...model].sort(([a], [b]) => a - b);
}

function sums(added: readonly { index: number; count: number }[]): Map<number, number> {
  const model = new Map<number, number>();
  for (const { index, count } of added) model.set(index, (model.get(index) ?? 0) + count);
  return model;
}

function filled(added: readonly { index: number; count: number }[]): BucketCounts {
  const counts = new BucketCounts();
  for (const { index, count } of added) counts.add(index, count);
  return counts;
}

test("it counts like a map, in the order of the indices", () => {
  fc.assert(
    fc.property(adds, (added) => {
      const model = sorted(sums(added));
      const counts = filled(added);
      expect(entries(counts)).toEqual(model);
      expect(counts.size).toBe(model.length);
      expect(counts.lowest()).toBe(model[0]?.[0] ?? Number.POSITIVE_INFINITY);
    }),
  );
});

test("what is taken is gone, and can come back", () => {
  fc.assert(
    fc.property(adds, fc.array(index), adds, (added, taken, later) => {
      const model = sums(added);
      const counts = filled(added);
      for (const index of [...taken, ...later.map(({ index }) => index)]) {
        expect(counts.take(index)).toBe(model.get(index) ?? 0);
        model.delete(index);
      }
      for (const { index, count } of later) {
        counts.add(index, count);
        model.set(index, (model.get(index) ?? 0) + count);
      }
      expect(entries(counts)).toEqual(sorted(model));
      expect(counts.size).toBe(model.size);
    }),
  );
});

test("halved, each pair of buckets is one that ends where the upper one did", () => {
  fc.assert(
    fc.property(adds, (added) => {
      const pairs = added.map(({ index, count }) => ({ index: Math.ceil(index / 2) + 0, count }));
      const halved = filled(added).halved();
      expect(entries(halved)).toEqual(sorted(sums(pairs)));
    }),
  );
});

test("values far apart take no room for what lies between them", () => {
  const before = process.memoryUsage().arrayBuffers;
  const all = Array.from({ length: 200 }, () =>
    filled([-270_000, 0, 262_145, 1000].map((index) => ({ index, count: 1 }))),
  );
  const bytes = process.memoryUsage().arrayBuffers - before;
  expect(all.every(({ size }) => size === 4)).toBe(true);
  // Windows over the whole range would take 4 MB each.
  expect(bytes / all.length).toBeLessThan(40_000);
});

test("populated densely, it stays one run, whatever the order", () => {
  const spread = Array.from({ length: 5000 }, (_, i) => ({ index: (i * 1777) % 5000, count: 1 }));
  const counts = filled(spread);
  expect(counts.size).toBe(5000);
  expect(counts).toHaveProperty("runs.length", 1);
});

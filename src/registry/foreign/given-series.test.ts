import fc from "fast-check";
import { expect, test } from "vitest";
import { seriesHead } from "../../model/sample-sink.ts";
import { GivenSeries } from "./given-series.ts";

const NAME_LISTS = [[], ["a"], ["b"], ["a", "b"], ["b", "a"], ["c", "a", "b"]];

test("series are equal whose labels are, without empty ones, in any order and at the same time", () => {
  const head = fc.record({
    labelNames: fc.constantFrom(...NAME_LISTS),
    values: fc.array(fc.constantFrom("", "x", "y", "xy"), { minLength: 3, maxLength: 3 }),
    timestamp: fc.constantFrom(Number.NaN, 0, 1, 2),
  });
  fc.assert(
    fc.property(fc.array(head, { maxLength: 60 }), (heads) => {
      const given = new GivenSeries();
      const times = new Map<string, number[]>();
      for (const { labelNames, values, timestamp } of heads) {
        const labels = labelNames.map((name, i) => [name, values[i]!]).filter(([, value]) => value);
        const before = times.get(JSON.stringify(labels.sort())) ?? [];
        times.set(JSON.stringify(labels), before);
        const areTimed = ![timestamp, ...before].some(Number.isNaN);
        const isNew = before.length === 0 || (areTimed && !before.includes(timestamp));
        if (isNew) before.push(timestamp);
        const labelValues = values.slice(0, labelNames.length);
        expect(given.add(seriesHead(labelNames, labelValues, { timestamp }))).toBe(isNew);
      }
    }),
  );
});

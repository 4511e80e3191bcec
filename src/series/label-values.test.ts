import fc from "fast-check";
import { expect, test } from "vitest";
import { LabelValues } from "./label-values.ts";

test("equal values share an id, distinct ones never do", () => {
  const labelValues = new LabelValues();
  const values = ["", "1", "01", " ", "\u0000", "__proto__", "constructor", "é", "e\u0301"];
  const ids = values.map((value) => labelValues.retain(value));
  expect(new Set(ids).size).toBe(values.length);
  expect(values.map((value) => labelValues.retain(value))).toEqual(ids);
  expect(ids.map((id) => labelValues.values[id])).toEqual(values);
});

test("a value is forgotten when the last of its series goes, and not before", () => {
  const labelValues = new LabelValues();
  const id = labelValues.retain("x");
  labelValues.retain("x");
  labelValues.release(id);
  expect(labelValues.find("x")).toBe(id);
  labelValues.release(id);
  expect(labelValues.find("x")).toBeUndefined();
});

test("ids of forgotten values are used again, so that churn does not grow the table", () => {
  const labelValues = new LabelValues();
  const kept = labelValues.retain("kept");
  let highest = 0;
  for (let i = 0; i < 10_000; i += 1) {
    const id = labelValues.retain(`value ${i}`);
    highest = Math.max(highest, id);
    labelValues.release(id);
  }
  expect(highest).toBeLessThanOrEqual(kept + 1);
  expect(labelValues.values[kept]).toBe("kept");
});

test("it agrees with a plain count of uses, in any order of retain and release", () => {
  const step = fc.record({ value: fc.constantFrom("a", "b", "c", "", "0"), retain: fc.boolean() });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const labelValues = new LabelValues();
      const uses = new Map<string, number>();
      for (const { value, retain } of steps) {
        const used = uses.get(value) ?? 0;
        if (retain) labelValues.retain(value);
        else if (used > 0) labelValues.release(labelValues.find(value)!);
        uses.set(value, retain ? used + 1 : Math.max(0, used - 1));
        for (const [known, count] of uses) {
          const id = labelValues.find(known);
          expect(id !== undefined).toBe(count > 0);
          if (id !== undefined) expect(labelValues.values[id]).toBe(known);
        }
      }
    }),
  );
});

test.each([
  ["other characters", 90, 10],
  ["ids, where no three characters do", 9000, 1000],
])(
  "values that the characters at their ends do not tell apart are told apart by %s",
  (_, count, first) => {
    const labelValues = new LabelValues();
    const routes = Array.from({ length: count }, (_, i) => `/shops/${i + first}/articles`);
    for (const route of routes) labelValues.retain(route);
    const copies = routes.map((route) => Buffer.from(route).toString());
    const distinct = () => {
      const hashes = routes.map((route) => labelValues.hash(route));
      expect(copies.map((copy) => labelValues.hash(copy))).toEqual(hashes);
      return new Set(hashes).size;
    };
    expect(distinct()).toBeLessThan(count / 4);
    labelValues.tellApart();
    expect(distinct()).toBe(count);
    expect(labelValues.alike).toBe(0);
  },
);

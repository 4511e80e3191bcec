import fc from "fast-check";
import { expect, test } from "vitest";
import { Interner } from "./interner.ts";

test("equal values share an id, distinct ones never do", () => {
  const interner = new Interner();
  const values = ["", "1", "01", " ", "\u0000", "__proto__", "constructor", "é", "e\u0301"];
  const ids = values.map((value) => interner.retain(value));
  expect(new Set(ids).size).toBe(values.length);
  expect(values.map((value) => interner.retain(value))).toEqual(ids);
  expect(ids.map((id) => interner.value(id))).toEqual(values);
});

test("a value that is not a string is never found, whatever its text", () => {
  const interner = new Interner();
  for (const text of ["1", "true", "null", "undefined", "x"]) interner.retain(text);
  for (const value of [1, true, null, undefined, ["x"], new String("x")]) {
    expect(interner.find(value)).toBeUndefined();
  }
});

test("a value is forgotten when the last of its series goes, and not before", () => {
  const interner = new Interner();
  const id = interner.retain("x");
  interner.retain("x");
  interner.release(id);
  expect(interner.find("x")).toBe(id);
  interner.release(id);
  expect(interner.find("x")).toBeUndefined();
});

test("ids of forgotten values are used again, so that churn does not grow the table", () => {
  const interner = new Interner();
  const kept = interner.retain("kept");
  let highest = 0;
  for (let i = 0; i < 10_000; i += 1) {
    const id = interner.retain(`value ${i}`);
    highest = Math.max(highest, id);
    interner.release(id);
  }
  expect(highest).toBeLessThanOrEqual(kept + 1);
  expect(interner.value(kept)).toBe("kept");
});

test("it agrees with a plain count of uses, in any order of retain and release", () => {
  const step = fc.record({ value: fc.constantFrom("a", "b", "c", "", "0"), retain: fc.boolean() });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const interner = new Interner();
      const uses = new Map<string, number>();
      for (const { value, retain } of steps) {
        const used = uses.get(value) ?? 0;
        if (retain) interner.retain(value);
        else if (used > 0) interner.release(interner.find(value)!);
        uses.set(value, retain ? used + 1 : Math.max(0, used - 1));
        for (const [known, count] of uses) {
          const id = interner.find(known);
          expect(id !== undefined).toBe(count > 0);
          if (id !== undefined) expect(interner.value(id)).toBe(known);
        }
      }
    }),
  );
});

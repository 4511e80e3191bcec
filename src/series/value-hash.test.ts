import fc from "fast-check";
import { expect, test } from "vitest";
import { ENDS, hashCode, hashOf, tellingCharacters } from "./value-hash.ts";

const position = fc.integer({ min: -40, max: 40 });
const value = fc.string({ unit: "binary", maxLength: 40 });

test("the code of a hash gives what the function gives, for any value and positions", () => {
  fc.assert(
    fc.property(fc.array(position, { maxLength: 3 }), fc.array(value), (positions, values) => {
      const hash = new Function("value", `return ${hashCode("value", positions)};`);
      for (const one of ["", ...values]) {
        expect(hash(one)).toBe(hashOf(one, positions));
        expect(Number.isSafeInteger(hashOf(one, positions))).toBe(true);
      }
    }),
  );
});

test("positions that are told of values tell these apart, where any three characters do", () => {
  const distinct = (values: readonly string[], positions = tellingCharacters(values)) =>
    new Set(values.map((one) => hashOf(one, positions))).size;
  const middles = Array.from({ length: 60 }, (_, i) => `/shops/${i + 10}/articles`);
  const ends = Array.from({ length: 60 }, (_, i) => `${"x".repeat(i * 5)}/items/${i % 7}`);
  for (const values of [middles, ends, ["a"], [""], []]) {
    expect(distinct(values)).toBe(values.length);
  }
  expect(distinct(middles, ENDS)).toBe(1);
});

test("no more characters are hashed than it takes", () => {
  expect(tellingCharacters(["a", "bb", "ccc"])).toEqual([]);
  expect(tellingCharacters(["xa", "xb", "xc"])).toHaveLength(1);
  expect(tellingCharacters(["same"])).toEqual([]);
});

import fc from "fast-check";
import { expect, test } from "vitest";
import { ENDS, hashCode, hashOf, tellingPlaces } from "./value-hash.ts";

const place = fc.integer({ min: -40, max: 40 });
const value = fc.string({ unit: "binary", maxLength: 40 });

test("the code of a hash gives what the function gives, for any value and places", () => {
  fc.assert(
    fc.property(fc.array(place, { maxLength: 3 }), fc.array(value), (places, values) => {
      const hash = new Function("value", `return ${hashCode("value", places)};`);
      for (const one of ["", ...values]) {
        expect(hash(one)).toBe(hashOf(one, places));
        expect(Number.isSafeInteger(hashOf(one, places))).toBe(true);
      }
    }),
  );
});

test("places that are told of values tell these apart, where any three characters do", () => {
  const distinct = (values: readonly string[], places = tellingPlaces(values)) =>
    new Set(values.map((one) => hashOf(one, places))).size;
  const middles = Array.from({ length: 60 }, (_, i) => `/shops/${i + 10}/articles`);
  const ends = Array.from({ length: 60 }, (_, i) => `${"x".repeat(i * 5)}/items/${i % 7}`);
  for (const values of [middles, ends, ["a"], [""], []]) {
    expect(distinct(values)).toBe(values.length);
  }
  expect(distinct(middles, ENDS)).toBe(1);
});

test("no more characters are hashed than it takes", () => {
  expect(tellingPlaces(["a", "bb", "ccc"])).toEqual([]);
  expect(tellingPlaces(["xa", "xb", "xc"])).toHaveLength(1);
  expect(tellingPlaces(["same"])).toEqual([]);
});

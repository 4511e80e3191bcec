import fc from "fast-check";
import { expect, test } from "vitest";
import { placeCode } from "./closed-place.ts";

function placeIn(list: readonly string[]): (value: string) => number {
  return new Function("value", `return ${placeCode("value", list)};`) as (value: string) => number;
}

test("the code gives the place of each value in a list, and -1 for others, whatever the values are", () => {
  const list = fc.uniqueArray(fc.string({ unit: "binary", maxLength: 4 }), { minLength: 1 });
  fc.assert(
    fc.property(list, fc.string(), (list, other) => {
      const place = placeIn(list);
      expect(list.map(place)).toEqual([...list.keys()]);
      const longer = list.map((text) => `${text}${other}!`);
      expect(longer.map(place)).toEqual(longer.map((text) => list.indexOf(text)));
      expect(place(other)).toBe(list.indexOf(other));
    }),
  );
});

test("a string is compared with numbers a few times, and not with each value", () => {
  const statuses = Array.from({ length: 64 }, (_, i) => `${200 + 5 * i}`);
  const depth = (code: string) => {
    let open = 0;
    return Math.max(...Array.from(code, (c) => (open += c === "(" ? 1 : c === ")" ? -1 : 0)));
  };
  // Those of the calls of charCodeAt are among the parentheses.
  expect(depth(placeCode("value", statuses))).toBeLessThan(14);
});

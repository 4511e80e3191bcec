import { describe, expect, test } from "vitest";
import { generatedClosedReader, sharedClosedReader } from "./closed-reader.ts";
import { LabelIndex } from "./label-index.ts";

const NAMES = ["__proto__", '"];throw 1;//', "constructor"];
const LISTS = [
  ["", "toString", '"]; throw 1; //', "\u2028"],
  ["x"],
  Array.from({ length: 20 }, (_, i) => `${i}`),
];

const readers: [string, typeof sharedClosedReader][] = [
  ["generated", generatedClosedReader],
  ["shared", sharedClosedReader],
];

describe.each(readers)("a %s reader of closed labels", (_, readerOf) => {
  const index = new LabelIndex([]);
  const two = readerOf(["a", "b"], [LISTS[2]!, ["x", "y"]]);

  test("computes the slot of each label set, whatever its names and values are", () => {
    const read = readerOf(NAMES, LISTS);
    let slot = 0;
    for (const a of LISTS[0]!) {
      for (const b of LISTS[1]!) {
        for (const c of LISTS[2]!) {
          const labels = Object.fromEntries([a, b, c].map((value, i) => [NAMES[i]!, value]));
          expect(read(index, labels)).toBe(slot);
          slot += 1;
        }
      }
    }
  });

  test("finds strings that are equal and not identical", () => {
    expect(two(index, { a: Buffer.from("11").toString(), b: Buffer.from("y").toString() })).toBe(
      23,
    );
  });

  test.each<[string, unknown]>([
    ["labels are missing", { a: "1" }],
    ["there is one too many", { a: "1", b: "x", c: "" }],
    ["one has another name", { a: "1", c: "x" }],
    ["a value is not one of the label's", { a: "1", b: "z" }],
    ["a value is a property of all objects", { a: "1", b: "constructor" }],
    ["a value is a number", { a: 1, b: "x" }],
    ["a value is a list", { a: ["1"], b: "x" }],
    ["they are null", null],
    ["they are undefined", undefined],
    ["they are inherited", Object.create({ a: "1", b: "x" })],
    ["some are inherited", Object.assign(Object.create({ a: "1" }), { b: "x" })],
  ])("leaves the labels to the slow way where %s", (_what, labels) => {
    expect(two(index, labels as object)).toBe(-1);
  });
});

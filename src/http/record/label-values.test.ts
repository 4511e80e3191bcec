import { expect, test } from "vitest";
import { BoundedValues } from "./label-values.ts";

test("a limited number of values is told apart, and the first ones stay", () => {
  const values = new BoundedValues(2);
  const admitted = (...all: string[]) => all.filter((value) => values.admits(value));
  expect(admitted("a", "b", "c", "d")).toEqual(["a", "b"]);
  expect(admitted("d", "b", "c", "a")).toEqual(["b", "a"]);
});

import { expect, test } from "vitest";
import { thrown } from "../../test/thrown.ts";
import { readLabels } from "./label-object.ts";

const read = (labels: object) => readLabels("m", ["a", "b"], labels);

test.each<[object, string[]]>([
  [{ a: "x", b: "y" }, ["x", "y"]],
  [{ b: "y", a: "x" }, ["x", "y"]],
  [{ a: 1, b: true }, ["1", "true"]],
  [{ a: -0, b: Number.NaN }, ["0", "NaN"]],
  [{ a: 1e21, b: "" }, ["1e+21", ""]],
  [{ a: "\ud800", b: "😀" }, ["\ufffd", "😀"]],
  [Object.assign(Object.create(null), { a: "x", b: "y" }), ["x", "y"]],
])("%j gives its values in declared order", (labels, values) => {
  expect(read(labels)).toEqual(values);
});

test.each<[unknown]>([
  [{}],
  [{ a: "x" }],
  [{ a: "x", c: "y" }],
  [{ a: "x", b: "y", c: "z" }],
  [["x", "y"]],
  ["xy"],
  [""],
  [7],
  [null],
  [undefined],
])("%j does not fit: the error names the metric and its labels", (labels) => {
  const error = thrown(() => read(labels as object));
  expect(error.code).toBe("NARTHEX_LABELS_MISMATCH");
  expect(error.message).toContain('"m"');
  expect(error.message).toContain('"a", "b"');
});

test.each<[unknown, string]>([
  [undefined, "undefined"],
  [null, "null"],
  [['x"} 1\nevil 2'], "an array"],
  [{ toString: () => "x" }, "an object"],
  [7n, "7n"],
  [Symbol("s"), "Symbol(s)"],
  [() => "x", "a function"],
  [new Date(0), "an object"],
])("the value %s is refused by name", (value, shown) => {
  const error = thrown(() => read({ a: "x", b: value }));
  expect(error.code).toBe("NARTHEX_LABEL_VALUE_INVALID");
  expect(error.message).toContain('"m"');
  expect(error.message).toContain('"b"');
  expect(error.message).toContain(shown);
});

test("a lone surrogate is read as its replacement, as which it is on the page", () => {
  for (const a of ["\udfff", "\ud800", "\ufffd"]) {
    expect(readLabels("m", ["a"], { a })).toEqual(["\ufffd"]);
  }
});

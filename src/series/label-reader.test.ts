import { execFileSync } from "node:child_process";
import { resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { labelSets } from "../instruments/definition/closed-labels.ts";
import { LabelIndex } from "./label-index.ts";
import { generatedReader, type LabelReader, sharedReader } from "./label-reader.ts";
import { ENDS } from "./value-hash.ts";

const NAMES = ["a", "constructor", "0"];

function indexOf(sets: readonly (readonly string[])[], names = NAMES): LabelIndex {
  const index = new LabelIndex(names);
  for (const [slot, values] of sets.entries()) index.insert(values, slot);
  return index;
}

type Lists = readonly (readonly string[] | undefined)[];

/** The reader that is generated for the labels of a new index. */
function generated(names: readonly string[], lists: Lists = []): LabelReader {
  const labels = names.map((name, i) => ({
    name,
    list: lists[i],
    hashed: lists[i] ? undefined : ENDS,
  }));
  return generatedReader(labels);
}

describe.each<[string, (names: readonly string[]) => LabelReader]>([
  ["generated", generated],
  ["shared", () => sharedReader],
])("a %s reader", (_, readerOf) => {
  const two = readerOf(["a", "b"]);
  const find = (index: LabelIndex, labels: object) => two(index, labels);

  test("finds the series of strings, numbers and booleans, and of copies of strings", () => {
    const values = ["x", "", "200", "1023", "1024", "-1", "0", "1.5", "NaN", "1e+21", "true", "é"];
    const index = indexOf(
      values.map((a) => [a, "y"]),
      ["a", "b"],
    );
    const given = ["x", "", 200, 1023, 1024, -1, -0, 1.5, Number.NaN, 1e21, true, "é"];
    expect(given.map((a) => find(index, { a, b: "y" }))).toEqual([...values.keys()]);
    const copies = values.map((value) => Buffer.from(value).toString());
    expect(copies.map((a) => find(index, { a, b: "y" }))).toEqual([...values.keys()]);
    expect(find(index, { a: "z", b: "y" })).toBe(-1);
    expect(find(index, { a: false, b: "y" })).toBe(-1);
  });

  test.each<[string, unknown]>([
    ["labels are missing", { a: "x" }],
    ["all labels are missing", {}],
    ["there is one too many", { a: "x", b: "y", c: "" }],
    ["one has another name", { a: "x", c: "y" }],
    ["they are a list", ["x", "y"]],
    ["a value is a list", { a: ["x"], b: "y" }],
    ["a value is an object with a text", { a: { toString: () => "x" }, b: "y" }],
    ["a value is a String", { a: new String("x"), b: "y" }],
    ["a value is undefined", { a: undefined, b: "y" }],
    ["a value is null", { a: "x", b: null }],
    ["a value is a symbol", { a: Symbol("x"), b: "y" }],
    ["they are null", null],
    ["they are undefined", undefined],
    ["they are a text", "xy"],
    ["they are inherited", Object.create({ a: "x", b: "y" })],
    ["some are inherited", Object.assign(Object.create({ a: "x" }), { b: "y" })],
  ])("leaves the labels to the slow way where %s", (_what, labels) => {
    const index = indexOf(
      [
        ["x", "y"],
        ["undefined", "y"],
        ["x", "null"],
        ["x", ""],
        ["x", "undefined"],
      ],
      ["a", "b"],
    );
    expect(find(index, labels as object)).toBe(-1);
  });

  test("takes no label from Object.prototype, and no property of it for a label", () => {
    const index = indexOf([["x", "y"]], ["a", "b"]);
    const polluted = Object.prototype as { b?: string };
    try {
      polluted.b = "y";
      expect(find(index, { a: "x" })).toBe(-1);
    } finally {
      delete polluted.b;
    }
    expect(find(index, { a: "x", b: "y" })).toBe(0);
  });

  test("reads names that are no identifiers, and those that all objects have", () => {
    for (const names of [NAMES, ["__proto__"], ['"];throw 1;//'], ["\u2028", "a-b", "\\"]]) {
      const values = names.map((name) => `value of ${name}`);
      const index = indexOf([values], names);
      const labels = Object.defineProperties(
        {},
        Object.fromEntries(
          names.map((name, i) => [`${name}`, { value: values[i], enumerable: true }]),
        ),
      );
      const own = Object.keys(labels).length === names.length;
      expect([own ? 0 : -1, -1]).toContain(readerOf(names)(index, labels));
      expect(readerOf(names)(index, {})).toBe(-1);
    }
  });

  test("finds the right series, or none, where a getter changes the index amid the lookup", () => {
    const index = indexOf(
      [
        ["0", "y"],
        ["1", "y"],
      ],
      ["a", "b"],
    );
    for (let i = 2; i < 200; i += 1) {
      const labels = {
        a: "1",
        get b() {
          index.insert([`${i}`, "y"], i);
          index.find(["0", "y"]);
          find(index, { a: "0", b: "y" });
          return "y";
        },
      };
      // With many values, the index hashes other characters than this reader.
      expect(i < 10 ? [1] : [1, -1]).toContain(find(index, labels));
    }
    expect(index.findQuickly({ a: "1", b: "y" })).toBe(1);
  });

  test("passes on what a getter throws", () => {
    const labels = {
      a: "x",
      get b(): string {
        throw new RangeError("refused");
      },
    };
    expect(() => find(indexOf([["x", "y"]], ["a", "b"]), labels)).toThrow("refused");
  });
});

const CLOSED_NAMES = ["__proto__", '"];throw 1;//', "constructor"];
const MANY = Array.from({ length: 100 }, (_, i) => `${i}`);
const FEW: readonly string[] = [
  "",
  "toString",
  '"]; throw 1; //',
  "\u2028",
  "0",
  "01",
  "10",
  "true",
];

describe.each<[string, (names: readonly string[], lists: Lists) => LabelReader]>([
  ["generated", generated],
  ["shared", () => sharedReader],
])("a %s reader of closed labels", (_, readerOf) => {
  /** A reader and an index with all label sets. */
  function opened(names: readonly string[], lists: Lists, open: readonly string[] = []) {
    const entries = names.flatMap((name, i) => {
      const list = lists[i];
      return list === undefined ? [] : ([[name, list]] as const);
    });
    const index = new LabelIndex(names, new Map(entries));
    const sets = [...labelSets(lists.map((list) => list ?? open))];
    for (const [slot, values] of sets.entries()) index.insert(values, slot);
    const read = readerOf(names, lists);
    return { find: (labels: unknown) => read(index, labels as object), index, sets };
  }

  test.each<[string, Lists]>([
    ["all labels are closed", [FEW, ["x"], FEW.slice(1, 3)]],
    ["some are closed", [FEW, undefined, ["x", "y"]]],
    ["one has many values", [FEW, ["x"], MANY]],
    ["one has many values, beside an open one", [MANY, undefined, ["x"]]],
  ])("finds each label set where %s", (_what, lists) => {
    const { find, sets } = opened(CLOSED_NAMES, lists, ["", "a", "ab", "abc"]);
    for (const [slot, values] of sets.entries()) {
      const copies = values.map((value, i) => [CLOSED_NAMES[i]!, Buffer.from(value).toString()]);
      expect(find(Object.fromEntries(copies))).toBe(slot);
    }
  });

  const two = opened(["a", "b"], [["0", "1", "true"], undefined], ["x", "y"]);
  const closed = opened(
    ["a", "b"],
    [
      ["0", "1", "true"],
      ["x", "y"],
    ],
  );

  test("finds numbers and booleans", () => {
    for (const { find } of [two, closed]) {
      expect([0, 1, true].map((a) => find({ a, b: "y" }))).toEqual([1, 3, 5]);
    }
  });

  test("a series past the limit is found by its values, which are none of the lists", () => {
    two.index.insert(["_other", "_other"], 6);
    expect(two.index.find(["_other", "_other"])).toBe(6);
    two.index.delete(6);
  });

  test.each<[string, unknown]>([
    ["labels are missing", { a: "1" }],
    ["there is one too many", { a: "1", b: "x", c: "" }],
    ["one has another name", { a: "1", c: "x" }],
    ["a value is not one of the label's", { a: "2", b: "x" }],
    ["a value is longer than those of the label", { a: "10", b: "x" }],
    ["a value is empty", { a: "", b: "x" }],
    ["a value is a property of all objects", { a: "constructor", b: "x" }],
    ["a value is a list", { a: ["1"], b: "x" }],
    ["they are null", null],
    ["they are undefined", undefined],
    ["they are inherited", Object.create({ a: "1", b: "x" })],
    ["some are inherited", Object.assign(Object.create({ a: "1" }), { b: "x" })],
  ])("leaves the labels to the slow way where %s", (_what, labels) => {
    expect([two.find(labels), closed.find(labels)]).toEqual([-1, -1]);
  });
});

test("a generated reader finds labels in any order", () => {
  const index = indexOf([["x", "y"]], ["a", "b"]);
  expect(generated(["a", "b"])(index, { b: "y", a: "x" })).toBe(0);
});

test("where no code may be generated, updates count all the same", () => {
  const program = `
    import { Registry } from "narthex";
    let isForbidden = false;
    try { new Function(""); } catch { isForbidden = true; }
    const registry = new Registry({ strict: true });
    const calls = registry.counter({ name: "calls", help: "", labels: ["op", "status"] });
    for (let i = 0; i < 3; i += 1) calls.inc({ op: "read", status: 200 });
    calls.inc({ status: "200", op: "read" });
    try { calls.inc({ op: "read" }); } catch { console.log("refused"); }
    const op = Array.from({ length: 9 }, (_, i) => "op" + i);
    const closed = { status: ["200", "404"], op };
    const jobs = registry.counter({ name: "jobs", help: "", labels: closed });
    for (let i = 0; i < 3; i += 1) jobs.inc({ status: "404", op: "op8" });
    jobs.inc({ op: "op8", status: 404 });
    try { jobs.inc({ status: "404", op: "op9" }); } catch { console.log("refused"); }
    const mixed = registry.counter({ name: "mixed", help: "", labels: { ...closed, zone: String } });
    for (let i = 0; i < 3; i += 1) mixed.inc({ status: "404", op: "op8", zone: "eu" });
    mixed.inc({ zone: "eu", op: "op8", status: 404 });
    try { mixed.inc({ status: "404", op: "op9", zone: "eu" }); } catch { console.log("refused"); }
    const lines = (await registry.text()).match(/^(calls|jobs|mixed)_total.* [^0]$/gm);
    console.log(isForbidden, lines.join(" "));`;
  const flags = ["--disallow-code-generation-from-strings", "--input-type=module", "-e", program];
  const cwd = resolve(import.meta.dirname, "../..");
  expect(execFileSync(process.execPath, flags, { cwd, encoding: "utf8" })).toBe(
    'refused\nrefused\nrefused\ntrue calls_total{op="read",status="200"} 4 ' +
      'jobs_total{status="404",op="op8"} 4 mixed_total{status="404",op="op8",zone="eu"} 4\n',
  );
});

import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { LabelIndex } from "./label-index.ts";
import { readLabels } from "./label-object.ts";

const NAMES = ["a", "constructor", "c", "0"];

/** Values that joined keys, object keys and sloppy comparisons mix up. */
const hostileValue = fc.oneof(
  fc.constantFrom("", "a", "a,b", ",", "|", '"', "\\", "\n", "\u0000", "_other", "1", "01"),
  fc.constantFrom("__proto__", "toString", "undefined", "null", "-1", "é", "e\u0301", "😀"),
  fc.string({ unit: "binary", maxLength: 4 }),
);

function labelsOf(names: readonly string[], values: readonly string[]): object {
  return Object.fromEntries(names.map((name, i) => [name, values[i]]));
}

describe.each([0, 1, 2, 4])("with %i labels", (width) => {
  const names = NAMES.slice(0, width);

  test("it agrees with a Map, whatever comes and goes in whatever order", () => {
    const scenario = fc.record({
      sets: fc.array(fc.tuple(...names.map(() => hostileValue)) as fc.Arbitrary<string[]>, {
        minLength: 1,
        maxLength: 30,
      }),
      picks: fc.array(fc.nat(), { maxLength: 120 }),
    });
    fc.assert(
      fc.property(scenario, ({ sets, picks }) => {
        const index = new LabelIndex(names);
        const model = new Map<string, number>();
        const free: number[] = [];
        for (const pick of picks) {
          const values = sets[pick % sets.length]!;
          const key = JSON.stringify(values);
          const slot = model.get(key);
          expect(index.find(values)).toBe(slot ?? -1);
          if (slot === undefined) {
            const added = free.shift() ?? model.size;
            index.insert(values, added);
            model.set(key, added);
          } else {
            index.delete(slot);
            model.delete(key);
            free.push(slot);
          }
        }
        expect(index.size).toBe(model.size);
        for (const values of sets) {
          const slot = model.get(JSON.stringify(values)) ?? -1;
          expect(index.find(values)).toBe(slot);
          if (slot >= 0) expect(index.values(slot)).toEqual(values);
          const found = index.findQuickly(labelsOf(names, values));
          expect(found).toBe(values.every((value) => value.isWellFormed()) ? slot : found);
          expect([slot, -1]).toContain(found);
        }
      }),
    );
  });
});

test("label sets whose values only differ in where they are cut are distinct", () => {
  const index = new LabelIndex(["a", "b"]);
  const sets = [
    ["1,b:2", ""],
    ["1", "b:2"],
    ["x|", "y"],
    ["x", "|y"],
    ["xy", ""],
    ["", "xy"],
    ["a", "b"],
    ["b", "a"],
  ];
  sets.forEach((values, slot) => {
    expect(index.find(values)).toBe(-1);
    index.insert(values, slot);
  });
  expect(sets.map((values) => index.find(values))).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
});

test("tens of thousands of label sets stay findable while half of them go", () => {
  const index = new LabelIndex(["a", "b"]);
  const sets = Array.from({ length: 20_000 }, (_, i) => [`${i % 141}`, `${i}`]);
  sets.forEach((values, slot) => {
    index.insert(values, slot);
  });
  for (let slot = 0; slot < sets.length; slot += 2) index.delete(slot);
  expect(index.size).toBe(10_000);
  const wrong = sets.filter((values, slot) => index.find(values) !== (slot % 2 === 0 ? -1 : slot));
  expect(wrong).toEqual([]);
});

test("values of series that went do not stay in memory", () => {
  setFlagsFromString("--expose-gc");
  const collectGarbage = runInNewContext("gc") as () => void;
  const heapMegabytes = () => {
    collectGarbage();
    return process.memoryUsage().heapUsed / 2 ** 20;
  };
  const index = new LabelIndex(["a"]);
  const before = heapMegabytes();
  for (let i = 0; i < 200; i += 1) {
    index.insert([`${i}`.padEnd(2 ** 20)], 0);
    index.delete(0);
  }
  expect(heapMegabytes() - before).toBeLessThan(50);
});

test("what finds no place in the table is found all the same, and goes when it is deleted", () => {
  // All characters that are hashed are equal: of values this long, only every second one is.
  const index = new LabelIndex(["a", "b"]);
  const sets = Array.from({ length: 300 }, (_, i) => {
    const digits = [...`${i}`.padStart(20, "0")];
    return [`${digits.join("x")}x`, "y"];
  });
  sets.forEach((values, slot) => {
    expect(index.find(values)).toBe(-1);
    index.insert(values, slot);
  });
  for (let slot = 0; slot < 300; slot += 3) index.delete(slot);
  const expected = sets.map((_, slot) => (slot % 3 === 0 ? -1 : slot));
  expect(sets.map((values) => index.find(values))).toEqual(expected);
  expect(sets.map((values) => index.findQuickly(labelsOf(["a", "b"], values)))).toEqual(expected);
});

const routes = (first: number, count: number) =>
  Array.from({ length: count }, (_, i) => `/shops/${i + first}/articles`);

test.each([
  ["differ in one character", routes(0, 10)],
  ["differ in their length and some characters", routes(0, 2000)],
  ["do not differ in any three characters", routes(10_000, 5000)],
  ["differ at their ends, but for some", [...Array(1000).keys(), ...routes(0, 100)].map(String)],
])("where routes %s, few of them are alike, and copies are found", (_, of) => {
  const index = new LabelIndex(["method", "route"]);
  for (const [slot, route] of of.entries()) {
    expect(index.findQuickly({ method: "GET", route })).toBe(-1);
    index.insert(["GET", route], slot);
  }
  expect(index.labels[1]!.alike).toBeLessThan(of.length / 8);
  const copies = of.map((route) => ({ method: "GET", route: Buffer.from(route).toString() }));
  expect(copies.map((labels) => index.findQuickly(labels))).toEqual([...of.keys()]);
  expect(index).toHaveProperty("far.size", 0);
});

test("series that come and go for ever do not make the table grow", () => {
  const index = new LabelIndex(["a"]);
  for (let i = 0; i < 20_000; i += 1) {
    index.insert([`value ${i}`], i % 8);
    if (i >= 7) index.delete((i + 1) % 8);
  }
  expect(index.size).toBe(7);
  expect(index.places.length).toBeLessThanOrEqual(64);
});

test.each<[object]>([
  [{ a: 1, b: "x" }],
  [{ a: "1" }],
  [{ a: "1", b: "x", c: "" }],
  [{ b: "x", a: "1" }],
  [{ a: "1", b: ["x"] }],
  [{ a: "1", b: new String("x") }],
  [Object.create({ a: "1", b: "x" })],
])("%j is refused or accepted alike, whether or not its series is there", (labels) => {
  const index = new LabelIndex(["a", "b"]);
  index.insert(["1", "x"], 0);
  if (index.findQuickly(labels) === 0) {
    expect(readLabels("m", ["a", "b"], labels)).toEqual(["1", "x"]);
  }
});

test("a getter that looks other labels up changes no lookup", () => {
  const index = new LabelIndex(["a", "b"]);
  const values = Array.from({ length: 64 }, (_, i) => [`${i >> 3}`, `${i & 7}`] as const);
  for (const [slot, each] of values.entries()) index.insert(each, slot);
  values.forEach(([a, b], slot) => {
    for (const [innerA, innerB] of values) {
      const labels = {
        a,
        get b() {
          index.findQuickly({ a: innerA, b: innerB });
          return b;
        },
      };
      expect([slot, -1]).toContain(index.findQuickly(labels));
    }
  });
});

import fc from "fast-check";
import { keyOf } from "./label-sets.ts";

export class Refused extends Error {}

/** A label object, or what is none; `sure` is the series that it names, where it can't lie. */
interface Hostile {
  readonly what: string;
  readonly make: (update: () => void) => unknown;
  readonly sure?: string;
}

const anyText = fc.constantFrom("", "x", "y", "z", "\ud800", "_other", "x".repeat(10_000));
const anyWrong = fc.constantFrom<unknown[]>(
  ...[undefined, null, 5n, Symbol("s"), {}, ["x"], new String("x"), () => "x"],
);

/** Gives one value after the other, and the last one from then on. */
function lies(values: readonly string[]): () => string {
  let reads = 0;
  return () => {
    reads += 1;
    return values[Math.min(reads, values.length) - 1]!;
  };
}

const anyLies = fc.array(anyText, { minLength: 1, maxLength: 6 });

export const anyHostile: fc.Arbitrary<Hostile> = fc.oneof(
  fc.tuple(anyText, anyText, fc.nat(5)).map(([a, b, form]) => ({
    what: `honest ${form}: ${keyOf(a, b).slice(0, 50)}`,
    sure: keyOf(a, b),
    make: () =>
      [
        { a, b },
        { b, a },
        Object.freeze({ a, b, [Symbol("c")]: "c" }),
        Object.assign(Object.create(null), { a, b }),
        new Proxy({ a, b }, {}),
        new (class {
          a = a;
          b = b;
        })(),
      ][form],
  })),
  fc.tuple(anyLies, anyLies).map(([first, second]) => ({
    what: `getters that lie: ${JSON.stringify([first, second]).slice(0, 80)}`,
    make: () => {
      const [a, b] = [lies(first), lies(second)];
      return {
        get a() {
          return a();
        },
        get b() {
          return b();
        },
      };
    },
  })),
  fc.tuple(anyText, anyText, fc.nat(5)).map(([a, b, calm]) => ({
    what: `a getter that throws after ${calm} reads`,
    make: () => {
      let reads = 0;
      return {
        a,
        get b() {
          reads += 1;
          if (reads > calm) throw new Refused();
          return b;
        },
      };
    },
  })),
  fc.tuple(anyText, anyText, fc.boolean()).map(([a, b, isFirst]) => ({
    what: `a getter that updates the family: ${keyOf(a, b).slice(0, 50)}`,
    sure: keyOf(a, b),
    make: (update: () => void) => ({
      get a() {
        if (isFirst) update();
        return a;
      },
      get b() {
        update();
        return b;
      },
    }),
  })),
  fc
    .tuple(anyLies, fc.array(fc.subarray(["a", "b", "c"]), { minLength: 1 }))
    .map(([values, keys]) => ({
      what: "a proxy that lies",
      make: () => {
        const value = lies(values);
        let asked = 0;
        return new Proxy({} as Record<string, string>, {
          get: value,
          has: () => asked % 2 === 0,
          ownKeys: () => {
            asked += 1;
            return keys[asked % keys.length]!;
          },
          getOwnPropertyDescriptor: () => ({
            value: value(),
            enumerable: true,
            configurable: true,
          }),
        });
      },
    })),
  fc.tuple(anyText, fc.nat(12)).map(([text, calm]) => ({
    what: `a proxy that throws after ${calm} questions`,
    make: () => {
      let questions = 0;
      const trap = (_: unknown, name: keyof typeof Reflect) => {
        questions += 1;
        if (questions > calm) throw new Refused();
        return Reflect[name];
      };
      return new Proxy({ a: text, b: text }, new Proxy({}, { get: trap }));
    },
  })),
  fc.tuple(anyText, anyWrong).map(([a, b]) => ({
    what: "a wrong value",
    make: () => ({ a, b }),
  })),
  fc.constantFrom<Hostile>(
    { what: "a label too many", make: () => ({ a: "x", b: "x", c: "x" }) },
    { what: "a label too few", make: () => ({ a: "x" }) },
    { what: "labels of a class", make: () => new Labels() },
    {
      what: "an inherited label",
      make: () => Object.assign(Object.create({ a: "x" }), { b: "x" }),
    },
    { what: "a list", make: () => ["x", "x"] },
    { what: "a text", make: () => "ab" },
    { what: "null", make: () => null },
    { what: "a function", make: () => () => ({ a: "x", b: "x" }) },
  ),
);

class Labels {
  get a() {
    return "x";
  }
  get b() {
    return "x";
  }
}

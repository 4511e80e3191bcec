import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { NarthexError, Registry } from "../../../src/index.ts";
import { FORMATS } from "../../page-of-any-format.ts";
import { parseTextPage } from "../../text-page.ts";
import { fuzz, printSeed } from "../fuzz.ts";
import { countsOnPage } from "./counts.ts";
import { anyHostile, Refused } from "./hostile-labels.ts";
import { anyLabelSet, keyOf, MANY } from "./label-sets.ts";

printSeed();
beforeEach(() => {
  vi.spyOn(process, "emitWarning").mockImplementation(() => {});
});
afterEach(() => {
  vi.restoreAllMocks();
});

describe("label objects that lie, throw, and update the family amid an update", () => {
  const hostiles = fc.array(fc.tuple(anyHostile, anyLabelSet, fc.nat(2)), {
    minLength: 1,
    maxLength: 40,
    size: "max",
  });

  test.each([
    ["a small family", 0],
    ["a family of many series", MANY],
  ])(
    "%s: every update counts once or is refused, and none goes to another series",
    async (_, many) => {
      await fuzz(many === 0 ? 60 : 15, hostiles, async (updates) => {
        const registry = new Registry();
        const counter = registry.counter({ name: "m", help: "", labels: ["a", "b"], limit: 5000 });
        const sure = new Map<string, number>();
        let total = many;
        const counted = (key: string | undefined) => {
          total += 1;
          if (key !== undefined) sure.set(key, (sure.get(key) ?? 0) + 1);
        };
        for (let i = 0; i < many; i += 1) counter.inc({ a: `${i}`, b: "of many" });
        for (const [{ make, sure: key }, inner, way] of updates) {
          const labels = make(() => {
            counter.inc(inner as never);
            counted(keyOf(inner.a, inner.b));
          });
          try {
            if (way === 0) counter.labels(labels as never).inc();
            else counter.inc(labels as never);
            counted(key);
          } catch (error) {
            if (error instanceof NarthexError && key === undefined) continue;
            if (!(error instanceof Refused || error instanceof TypeError)) throw error;
          }
        }
        for (const format of FORMATS) {
          const { series } = await countsOnPage(registry, format);
          expect([...series.values()].reduce((sum, count) => sum + count, 0)).toBe(total);
          for (const [key, count] of sure) {
            expect(series.get(key), key.slice(0, 50)).toBeGreaterThanOrEqual(count);
          }
        }
      });
    },
  );
});

test.each([10, MANY])(
  "a provider of exemplars may update the families itself, of %d series",
  async (many) => {
    const registry = new Registry();
    const options = { help: "", labels: ["a"] } as const;
    const counter = registry.counter({ ...options, name: "c" });
    const histogram = registry.histogram({ ...options, name: "h" });
    const update = (a: string) => {
      counter.inc({ a });
      histogram.observe({ a }, 1);
    };
    for (let i = 0; i < many; i += 1) update(`${i}`);
    let isInner = false;
    registry.exemplars(() => {
      if (isInner) return undefined;
      isInner = true;
      update("2");
      isInner = false;
      return { trace_id: "x" };
    });
    update("1");
    const { value } = parseTextPage(await registry.text());
    for (const name of ["c_total", "h_count"]) {
      expect([value(name, { a: "1" }), value(name, { a: "2" })], name).toEqual([2, 3]);
    }
  },
);

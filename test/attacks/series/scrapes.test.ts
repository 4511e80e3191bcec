import fc from "fast-check";
import { afterEach, beforeEach, describe, test, vi } from "vitest";
import { Registry } from "../../../src/index.ts";
import { FORMATS } from "../../page-of-any-format.ts";
import { fuzz, printSeed } from "../fuzz.ts";
import { countsOnPage } from "./counts.ts";
import { anyStep, Interleaving, type Step } from "./interleaving.ts";
import { MANY } from "./label-sets.ts";
import { EXPIRE_AFTER_SECONDS } from "./model.ts";
import { TYPES } from "./subjects.ts";

printSeed();
beforeEach(() => {
  vi.spyOn(process, "emitWarning").mockImplementation(() => {});
});
afterEach(() => {
  vi.restoreAllMocks();
});

const nextTurn = () => new Promise((resolve) => setImmediate(resolve));

/** Makes each pause that a scrape may take a real one. */
function pauseOften(): void {
  let time = 0;
  vi.spyOn(performance, "now").mockImplementation(() => {
    time += 1;
    return time;
  });
}

describe("scrapes amid updates, removals, expiry and limits", { timeout: 600_000 }, () => {
  function agrees(type: string, limit: number, expires: boolean, steps: readonly Step[]) {
    const expiry = expires ? { expireAfterSeconds: EXPIRE_AFTER_SECONDS } : {};
    const interleaving = new Interleaving(type, { limit, ...expiry });
    return { interleaving, run };
    async function run() {
      for (const step of steps) {
        interleaving.take(step);
        // Two turns: in the first one, a scrape may still be loading its format.
        if (step.do === "scrape") await nextTurn();
        await nextTurn();
      }
      await interleaving.end();
    }
  }
  const input = fc.record({
    limit: fc.constantFrom(1, 4, 1000),
    expires: fc.boolean(),
    steps: fc.array(anyStep, { minLength: 10, maxLength: 80, size: "max" }),
  });

  beforeEach(async () => {
    for (const format of FORMATS) await countsOnPage(new Registry(), format);
    pauseOften();
  });

  test.each(Object.keys(TYPES))("a %s agrees with a Map", async (type) => {
    await fuzz(12, input, async ({ limit, expires, steps }) => {
      const { run } = agrees(type, limit, expires, steps);
      await run();
    });
  });

  test("a family of many series agrees with a Map", async () => {
    await fuzz(6, input, async ({ limit, expires, steps }) => {
      const { interleaving, run } = agrees("counter", MANY + limit, expires, steps);
      for (let i = 0; i < MANY; i += 1) {
        interleaving.take({ do: "update", labels: { a: i + 2, b: "of many" } });
      }
      await run();
    });
  });
});

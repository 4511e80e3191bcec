import fc from "fast-check";
import real from "prom-client";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import facade from "../../src/compat/prom-client/index.ts";
import { alike } from "./alike.ts";
import { type Client, type Program, programs, run } from "./program.ts";

/** How many programs run; more of them by the environment. */
const RUNS = Number(process.env.NARTHEX_PROM_CLIENT_RUNS ?? 300);

const BEGIN = 1_700_000_000_000;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["hrtime", "performance", "Date"], now: BEGIN });
});
afterEach(() => {
  vi.useRealTimers();
});

const clock = { advance: (milliseconds: number) => vi.advanceTimersByTime(milliseconds) };

test("a program has the results, pages, JSON and errors that it has with prom-client 15.1.3", async () => {
  const property = fc.asyncProperty(programs, async (program) => {
    const expected = await outcomes(real, program);
    expect(await outcomes(exact(facade), program)).toEqual(expected);
  });
  await fc.assert(property, { numRuns: RUNS });
}, 120_000);

test("unless exact text is asked for, NaN is what is different in text", async () => {
  const property = fc.asyncProperty(programs, async (program) => {
    const inText = { ...program, contentType: "text" as const };
    const expected = JSON.stringify(await outcomes(real, inText)).replaceAll(" Nan", " NaN");
    expect(JSON.stringify(await outcomes(facade, inText))).toBe(expected);
  });
  await fc.assert(property, { numRuns: RUNS / 3 });
}, 120_000);

async function outcomes(client: Client, program: Program): Promise<unknown[]> {
  vi.setSystemTime(BEGIN);
  return (await run(client, program, clock)).map(alike);
}

/** The client with pages to the byte. */
function exact(client: typeof facade): object {
  class Registry extends client.Registry {
    constructor(contentType?: never) {
      super(contentType, { exactText: true });
    }
  }
  return { ...client, Registry };
}

import assert from "node:assert/strict";
import fc from "fast-check";
import { alike } from "./alike.ts";
import { withFakeClock } from "./fake-clock.ts";
import { type Client, type Program, programs, run } from "./program.ts";

/** How many programs run; more of them by the environment. */
const RUNS = Number(process.env.NARTHEX_PROM_CLIENT_RUNS ?? 200);

/**
 * Throws the program that is not the same with two clients.
 *
 * @param ours with pages to the byte in the first place, and then as it is by default, in text
 */
export async function compare(theirs: Client, ours: Client): Promise<void> {
  const withExactText = fc.asyncProperty(programs, async (program) => {
    const expected = await outcomes(theirs, program);
    assert.deepEqual(await outcomes(exact(ours), program), expected);
  });
  await fc.assert(withExactText, { numRuns: RUNS });
  // Unless exact text is asked for, NaN is what is different in text.
  const asItIs = fc.asyncProperty(programs, async (program) => {
    const inText = { ...program, contentType: "text" as const };
    const expected = JSON.stringify(await outcomes(theirs, inText)).replaceAll(" Nan", " NaN");
    assert.deepEqual(plain(await outcomes(ours, inText)), JSON.parse(expected));
  });
  await fc.assert(asItIs, { numRuns: Math.ceil(RUNS / 3) });
}

async function outcomes(client: Client, program: Program): Promise<unknown[]> {
  const all = await withFakeClock((clock) => run(client, program, clock));
  return all.map(alike);
}

function plain(outcomes: unknown[]): unknown {
  return JSON.parse(JSON.stringify(outcomes));
}

/** The client with pages to the byte. */
function exact(client: Client): Client {
  class Registry extends client.Registry {
    constructor(contentType?: string) {
      super(contentType, { exactText: true });
    }
  }
  return { ...client, Registry };
}

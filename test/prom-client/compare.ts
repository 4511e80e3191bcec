import assert from "node:assert/strict";
import fc from "fast-check";
import { alike, alikeInText } from "./alike.ts";
import { withFakeClock } from "./fake-clock.ts";
import { type Client, type Outcome, type Program, programs, run } from "./program.ts";

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
    const actual = await outcomes(exact(ours), program);
    assert.deepEqual(actual.map(alike), expected.map(alike));
  });
  await fc.assert(withExactText, { numRuns: RUNS });
  const asItIs = fc.asyncProperty(programs, async (program) => {
    const inText = { ...program, contentType: "text" as const };
    const expected = await outcomes(theirs, inText);
    const actual = await outcomes(ours, inText);
    assert.deepEqual(actual.map(alikeInText), expected.map(alikeInText));
  });
  await fc.assert(asItIs, { numRuns: Math.ceil(RUNS / 3) });
}

function outcomes(client: Client, program: Program): Promise<Outcome[]> {
  return withFakeClock((clock) => run(client, program, clock));
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

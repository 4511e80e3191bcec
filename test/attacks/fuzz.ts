import fc from "fast-check";
import { beforeAll } from "vitest";

/** The long form of the attacks: more of everything. */
const TIMES = process.env.NARTHEX_LONG === "1" ? 50 : 1;

/** NARTHEX_FUZZ_SEED repeats a run. */
const SEED = Number(process.env.NARTHEX_FUZZ_SEED ?? Date.now() % 2 ** 31);

/** Prints the seed of the tests of this file, whether or not one of them fails. */
export function printSeed(): void {
  beforeAll(() => {
    process.stdout.write(`NARTHEX_FUZZ_SEED=${SEED}\n`);
  });
}

/** Checks a property of so many random inputs: of 50 times as many in the long form. */
export function fuzz<Input>(
  runs: number,
  input: fc.Arbitrary<Input>,
  check: (input: Input) => void | Promise<void>,
): Promise<void> {
  const property = fc.asyncProperty(input, async (input) => check(input));
  return fc.assert(property, { numRuns: runs * TIMES, seed: SEED, endOnFailure: true });
}

import { NarthexError } from "../src/errors.ts";

/** Returns the NarthexError that `work` throws; anything else fails the test. */
export function thrown(work: () => unknown): NarthexError {
  try {
    work();
  } catch (error) {
    if (error instanceof NarthexError) return error;
    throw error;
  }
  throw new Error("Nothing was thrown.");
}

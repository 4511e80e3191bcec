import { NarthexError } from "../src/errors.ts";

/** The error of this package that `work` throws; any other outcome fails the test. */
export function thrown(work: () => unknown): NarthexError {
  try {
    work();
  } catch (error) {
    if (error instanceof NarthexError) return error;
    throw error;
  }
  throw new Error("Nothing was thrown.");
}

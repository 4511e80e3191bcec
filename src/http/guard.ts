import { describe, Warnings } from "../warn.ts";

const warnings = new Warnings();

/** Warns, once, that measuring failed. The request itself goes on. */
export function reportFailure(error: unknown): void {
  warnings.once("failure", `The metrics of HTTP requests failed: ${describe(error)}.`, error);
}

/**
 * Calls `work` and never throws. Everything that runs within a request of the application's is guarded
 * like this, or by a `try` of its own on the hottest paths: in Node's events an error would end the
 * process, and another version of this package may have left objects that work differently.
 */
export function guard<Result>(work: () => Result): Result | undefined {
  try {
    return work();
  } catch (error) {
    reportFailure(error);
    return undefined;
  }
}

import { warn } from "../../warn.ts";

let hasWarned = false;

/**
 * What goes wrong in measuring must not cost a request its answer. Node would even end the process:
 * it takes what a listener of a diagnostics channel throws for an uncaught exception.
 */
export function safely<Result>(work: () => Result): Result | undefined {
  try {
    return work();
  } catch (error) {
    if (!hasWarned) warn(`The metrics of outgoing requests failed: ${error}.`);
    hasWarned = true;
    return undefined;
  }
}

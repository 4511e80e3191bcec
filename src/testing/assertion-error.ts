/** What fails a test: every runner tells it from a fault of the code, as it does node's own. */
export class AssertionError extends Error {
  override readonly name = "AssertionError";
  readonly code = "ERR_ASSERTION";
}

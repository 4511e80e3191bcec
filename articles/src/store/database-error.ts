/**
 * Thrown by a store when a query fails. Statements are fixed and their values validated, so the reason
 * is the state of the database: it is down, locked, full, read-only, or damaged.
 */
export class DatabaseError extends Error {
  override name = "DatabaseError";

  constructor(cause: unknown) {
    super(reasonOf(cause), { cause });
  }
}

/** The reason in one line. If a connection failed on several addresses, only `code` has a reason. */
export function reasonOf(error: unknown): string {
  const { message, code } = error as NodeJS.ErrnoException;
  return (message || code || String(error)).split("\n", 1)[0]!;
}

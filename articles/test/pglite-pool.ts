import type { PGlite } from "@electric-sql/pglite";
import type { PostgresPool } from "kysely";

/** PGlite with the part of a pg pool's interface that Kysely's PostgreSQL dialect uses. */
export function pglitePool(database: PGlite): PostgresPool {
  return {
    connect: async () => ({
      async query(sql: string, parameters: readonly unknown[]) {
        const { rows, affectedRows = 0 } = await database.query(sql, [...parameters]);
        const command = sql.split(" ", 1)[0]!.toUpperCase();
        return { command, rowCount: affectedRows, rows };
      },
      release() {},
    }),
    end: () => database.close(),
  } as PostgresPool;
}

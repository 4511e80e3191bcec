import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { setTimeout } from "node:timers/promises";
import {
  CompiledQuery,
  type DatabaseConnection,
  Kysely,
  SqliteAdapter,
  SqliteDialect,
  type SqliteDialectConfig,
  SqliteDriver,
} from "kysely";
import Database from "libsql";
import type { ArticleStore, StoreEvents } from "./article-store.ts";
import { migrate } from "./migrate.ts";
import { queryLogger, type Schema, SqlArticleStore } from "./sql-article-store.ts";

const BUSY_TIMEOUT_MS = 5_000;
const RETRY_MS = 20;

/** Opens the embedded database in a file; creates the file and its folder if needed. */
export async function openLibsql(file: string, { onQuery }: StoreEvents): Promise<ArticleStore> {
  mkdirSync(dirname(file), { recursive: true });
  const database = new Database(file, { timeout: BUSY_TIMEOUT_MS });
  const dialect = new LibsqlDialect({ database });
  try {
    await useWriteAheadLog(database);
    await migrate(new Kysely({ dialect }));
  } catch (error) {
    database.close();
    throw error;
  }
  const db = new Kysely<Schema>({ dialect, ...(onQuery && { log: queryLogger(onQuery) }) });
  // Queries are synchronous calls on one connection, so it is always idle when someone looks.
  return new SqlArticleStore(db, () => ({ size: 1, idle: 1, waiting: 0 }));
}

/** Retries while other processes open the same new file: SQLite's own timeout does not cover this. */
async function useWriteAheadLog(database: Database.Database): Promise<void> {
  const deadline = performance.now() + BUSY_TIMEOUT_MS;
  for (;;) {
    try {
      database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL");
      return;
    } catch (error) {
      const isBusy = (error as { code?: string }).code === "SQLITE_BUSY";
      if (!isBusy || performance.now() > deadline) throw error;
      await setTimeout(RETRY_MS);
    }
  }
}

/** Kysely's SQLite dialect, with migrations in a transaction that locks out other processes. */
class LibsqlDialect extends SqliteDialect {
  readonly #config: SqliteDialectConfig;

  constructor(config: SqliteDialectConfig) {
    super(config);
    this.#config = config;
  }

  override createDriver(): SqliteDriver {
    return new LibsqlDriver(this.#config);
  }

  override createAdapter(): SqliteAdapter {
    return new LibsqlAdapter();
  }
}

class LibsqlAdapter extends SqliteAdapter {
  override get supportsTransactionalDdl(): boolean {
    return true;
  }
}

class LibsqlDriver extends SqliteDriver {
  override async beginTransaction(connection: DatabaseConnection): Promise<void> {
    // After a plain BEGIN, two processes can read the same state, and one fails when both write.
    await connection.executeQuery(CompiledQuery.raw("begin immediate"));
  }
}

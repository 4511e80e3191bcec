import { mkdirSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { setTimeout } from "node:timers/promises";
import {
  type CompiledQuery,
  type DatabaseConnection,
  Kysely,
  type QueryResult,
  SqliteAdapter,
  SqliteDialect,
  SqliteDriver,
} from "kysely";
import Database from "libsql";
import type { ArticleStore, StoreEvents } from "./article-store.ts";
import { DatabaseFile } from "./database-file.ts";
import { migrate } from "./migrate.ts";
import { queryLogger, type Schema, SqlArticleStore } from "./sql-article-store.ts";

/** How long a query waits for another process that has locked the file. */
const BUSY_TIMEOUT_MS = 5_000;
const CHECKPOINT_TIMEOUT_MS = 1_000;
const FIRST_RETRY_MS = 5;
const LONGEST_RETRY_MS = 200;

/** Opens the embedded database in a file; creates the file and its folder if needed. */
export async function openLibsql(path: string, { onQuery }: StoreEvents): Promise<ArticleStore> {
  // An absolute path is always a file: libsql would take others for an address, or for a database in memory.
  const file = resolve(path);
  mkdirSync(dirname(file), { recursive: true });
  // SQLite would wait in a synchronous call, and the event loop with it.
  const database = new Database(file, { timeout: 0 });
  try {
    // Fails while other processes open the same new file.
    await retryWhileBusy(BUSY_TIMEOUT_MS, () =>
      database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL"),
    );
    const dialect = new LibsqlDialect(database, new DatabaseFile(file));
    await migrate(new Kysely({ dialect }));
    return storeOn(dialect, onQuery);
  } catch (error) {
    database.close();
    throw error;
  }
}

function storeOn(dialect: LibsqlDialect, onQuery: StoreEvents["onQuery"]): ArticleStore {
  const db = new Kysely<Schema>({ dialect, ...(onQuery && { log: queryLogger(onQuery) }) });
  // Queries are synchronous calls on one connection, so it is always idle when someone looks.
  return new SqlArticleStore(db, () => ({ size: 1, idle: 1, waiting: 0 }));
}

/** Calls `work` until the file is not locked by another process, which must be for less than `ms`. */
async function retryWhileBusy<T>(
  ms: number,
  work: () => T | Promise<T>,
  wait: (ms: number) => Promise<unknown> = setTimeout,
): Promise<T> {
  const deadline = performance.now() + ms;
  for (let pause = FIRST_RETRY_MS; ; pause = Math.min(2 * pause, LONGEST_RETRY_MS)) {
    try {
      return await work();
    } catch (error) {
      const isBusy = String((error as { code?: unknown }).code).startsWith("SQLITE_BUSY");
      if (!isBusy || performance.now() > deadline) throw error;
      await wait(pause);
    }
  }
}

/** Kysely's SQLite dialect with our driver, and with migrations in a transaction. */
class LibsqlDialect extends SqliteDialect {
  readonly #database: Database.Database;
  readonly #file: DatabaseFile;

  constructor(database: Database.Database, file: DatabaseFile) {
    super({ database });
    this.#database = database;
    this.#file = file;
  }

  override createDriver(): SqliteDriver {
    return new LibsqlDriver(this.#database, this.#file);
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

/** Waits for locks of other processes without holding up the event loop or queries that need no lock. */
class LibsqlDriver extends SqliteDriver {
  readonly #database: Database.Database;
  readonly #file: DatabaseFile;
  #connection: DatabaseConnection | undefined;
  #inTransaction = false;

  constructor(database: Database.Database, file: DatabaseFile) {
    super({ database });
    this.#database = database;
    this.#file = file;
  }

  override async acquireConnection(): Promise<DatabaseConnection> {
    const connection = await super.acquireConnection();
    this.#connection ??= {
      executeQuery: <R>(query: CompiledQuery) => this.#execute<R>(connection, query),
      streamQuery: connection.streamQuery.bind(connection),
    };
    return this.#connection;
  }

  async #execute<R>(connection: DatabaseConnection, query: CompiledQuery): Promise<QueryResult<R>> {
    const isRead = query.query.kind === "SelectQueryNode";
    if (!isRead) this.#file.check();
    // A transaction has its lock from the beginning.
    if (this.#inTransaction) return connection.executeQuery<R>(query);
    if (isRead) return this.#retry(() => connection.executeQuery<R>(query));

    await this.#begin();
    try {
      const result = await connection.executeQuery<R>(query);
      this.#database.exec("COMMIT");
      return result;
    } catch (error) {
      this.#rollback();
      throw error;
    }
  }

  override async beginTransaction(): Promise<void> {
    await this.#begin();
    this.#inTransaction = true;
  }

  override async commitTransaction(): Promise<void> {
    this.#database.exec("COMMIT");
    this.#inTransaction = false;
  }

  override async rollbackTransaction(): Promise<void> {
    this.#inTransaction = false;
    this.#rollback();
  }

  /**
   * Takes the lock for writing. libsql does not reset a prepared statement that finds the file locked, and
   * SQLite commits nothing while it is in progress. `exec` leaves none behind.
   */
  async #begin(): Promise<void> {
    // After a plain BEGIN, two processes can read the same state, and one fails when both write.
    await this.#retry(() => this.#database.exec("BEGIN IMMEDIATE"));
  }

  #rollback(): void {
    // After some errors, such as a full disk, SQLite has already rolled back.
    if (this.#database.inTransaction) this.#database.exec("ROLLBACK");
  }

  /** Lets other queries use the connection while this one waits. */
  #retry<T>(work: () => T | Promise<T>): Promise<T> {
    return retryWhileBusy(BUSY_TIMEOUT_MS, work, async (ms) => {
      await super.releaseConnection();
      await setTimeout(ms);
      await super.acquireConnection();
    });
  }

  override async destroy(): Promise<void> {
    await this.#emptyLog();
    await super.destroy();
    this.#file.close();
  }

  /** Moves everything from the write-ahead log into the file, so that the file alone is the database. */
  async #emptyLog(): Promise<void> {
    const deadline = performance.now() + CHECKPOINT_TIMEOUT_MS;
    const checkpoint = this.#database.prepare("PRAGMA wal_checkpoint(TRUNCATE)");
    while (performance.now() < deadline) {
      try {
        const [result] = checkpoint.all() as { busy: number }[];
        if (result?.busy === 0) return;
      } catch {
        // The log stays, and nothing is lost: the next start reads it.
      }
      await setTimeout(FIRST_RETRY_MS);
    }
  }
}

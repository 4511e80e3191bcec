import { Kysely, PostgresDialect, type PostgresPool, type PostgresPoolClient } from "kysely";
import pg from "pg";
import type { ArticleStore, StoreEvents } from "./article-store.ts";
import { migrate } from "./migrate.ts";
import { queryLogger, type Schema, SqlArticleStore } from "./sql-article-store.ts";

const CONNECT_TIMEOUT_MS = 5_000;
/** The server gives up on a statement, so that an answer of 503 does not become a write later on. */
const STATEMENT_TIMEOUT_MS = 5_000;
/** For a server that does not even say so. */
const QUERY_TIMEOUT_MS = 6_000;
const POOL_SIZE = 10;

/** Opens the PostgreSQL database at this URL. */
export async function openPostgres(url: string, events: StoreEvents): Promise<ArticleStore> {
  const config: pg.PoolConfig = {
    connectionString: url,
    application_name: "articles",
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    keepAlive: true,
  };
  // A pool of its own, because waiting for another replica's migration may exceed the query timeout.
  const migrationPool = openPool({ ...config, max: 1 }, events);
  const migrating = new Kysely({ dialect: new PostgresDialect({ pool: migrationPool }) });
  await migrate(migrating).finally(() => migrating.destroy());

  const pool = openPool(
    {
      ...config,
      max: POOL_SIZE,
      query_timeout: QUERY_TIMEOUT_MS,
      // Not a parameter of the connection, because PgBouncer refuses those that it does not know.
      onConnect: (client) => client.query(`set statement_timeout = ${STATEMENT_TIMEOUT_MS}`),
    },
    events,
  );
  const db = new Kysely<Schema>({
    dialect: new PostgresDialect({ pool: replacingBrokenClients(pool) }),
    ...(events.onQuery && { log: queryLogger(events.onQuery) }),
  });
  return new SqlArticleStore(db, () => ({
    size: pool.totalCount,
    idle: pool.idleCount,
    waiting: pool.waitingCount,
  }));
}

function openPool(config: pg.PoolConfig, { onConnectionLost }: StoreEvents): pg.Pool {
  const pool = new pg.Pool(config);
  // Without listeners, a connection closed by the server would crash this process. The pool emits the
  // errors of its idle clients again, so its listener does nothing.
  pool.on("connect", (client) => client.on("error", ({ message }) => onConnectionLost?.(message)));
  pool.on("error", () => {});
  return pool;
}

/**
 * The pool, but a client is used again only if the server answered all of its queries. One that timed out
 * may be cut off, or be in a transaction that nobody will commit.
 */
function replacingBrokenClients(pool: pg.Pool): PostgresPool {
  const connect = async () => {
    const client = await pool.connect();
    let broken: Error | undefined;
    const query = (text: string, parameters: readonly unknown[] = []) =>
      client.query(text, [...parameters]).catch((error: Error) => {
        if (!(error instanceof pg.DatabaseError)) broken = error;
        throw error;
      });
    return { query, release: () => client.release(broken) } as unknown as PostgresPoolClient;
  };
  return { connect, end: () => pool.end() };
}

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PGlite } from "@electric-sql/pglite";
import { Kysely, PostgresDialect } from "kysely";
import { afterAll, beforeAll, describe } from "vitest";
import { startPostgres } from "../../scripts/servers/postgres.mjs";
import { realServer } from "../../test/real-servers.ts";
import type { ArticleStore, QueryObserver } from "../src/store/article-store.ts";
import { migrate } from "../src/store/migrate.ts";
import { openStore } from "../src/store/open-store.ts";
import { queryLogger, type Schema, SqlArticleStore } from "../src/store/sql-article-store.ts";
import { draftArbitrary } from "./draft-arbitrary.ts";
import { pglitePool } from "./pglite-pool.ts";
import { storeContract } from "./store-contract.ts";

const folder = mkdtempSync(join(tmpdir(), "articles-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

storeContract("libsql", (onQuery) =>
  openStore({ kind: "file", path: join(folder, "articles.db") }, { onQuery }),
);

async function openPglite(onQuery: QueryObserver): Promise<ArticleStore> {
  const dialect = new PostgresDialect({ pool: pglitePool(new PGlite()) });
  await migrate(new Kysely({ dialect }));
  const db = new Kysely<Schema>({ dialect, log: queryLogger(onQuery) });
  return new SqlArticleStore(db, () => ({ size: 1, idle: 1, waiting: 0 }));
}

// PGlite drops a byte order mark at the start of a text.
const withoutMark = draftArbitrary.filter(
  (draft) => !Object.values(draft).some((value) => value.startsWith("\ufeff")),
);

storeContract("PGlite", openPglite, withoutMark);

const postgres = await realServer("postgres");
describe.skipIf(!postgres)("on a real server", () => {
  let database: Awaited<ReturnType<typeof startPostgres>>;
  beforeAll(async () => {
    database = await startPostgres();
  });
  afterAll(() => database.stop());

  storeContract("PostgreSQL", (onQuery) =>
    openStore({ kind: "postgres", url: database.url }, { onQuery }),
  );
});

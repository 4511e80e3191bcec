import { type Kysely, type Migration, Migrator } from "kysely";

/**
 * The migrations, oldest first. Never edit one that has run anywhere; add a new one.
 * The same SQL serves both databases: in SQLite the type of a column is only a hint, and neither a
 * UUID nor an ISO 8601 time looks like a number that it would convert.
 */
const migrations: Record<string, Migration> = {
  "0001-articles": {
    async up(db) {
      await db.schema
        .createTable("articles")
        .addColumn("id", "uuid", (column) => column.primaryKey().notNull())
        .addColumn("title", "text", (column) => column.notNull())
        .addColumn("body", "text", (column) => column.notNull())
        .addColumn("author", "text")
        .addColumn("created_at", "timestamptz", (column) => column.notNull())
        .addColumn("updated_at", "timestamptz", (column) => column.notNull())
        .execute();
      await db.schema
        .createIndex("articles_author_id")
        .on("articles")
        .columns(["author", "id"])
        .execute();
    },
  },
};

/** Brings the schema up to date. If several replicas start at once, one migrates and the others wait. */
export async function migrate<Schema>(db: Kysely<Schema>): Promise<void> {
  const migrator = new Migrator({ db, provider: { getMigrations: async () => migrations } });
  const { error } = await migrator.migrateToLatest();
  if (error !== undefined) throw error;
}

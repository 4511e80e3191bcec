import type { ArticleStore, StoreEvents } from "./article-store.ts";
import type { DatabaseLocation } from "./database-location.ts";
import { openLibsql } from "./libsql.ts";
import { openPostgres } from "./postgres.ts";

/** Opens the database, brings its schema up to date, and checks that it answers. */
export async function openStore(
  location: DatabaseLocation,
  events: StoreEvents = {},
): Promise<ArticleStore> {
  const store =
    location.kind === "file"
      ? await openLibsql(location.path, events)
      : await openPostgres(location.url, events);
  await store.ping();
  return store;
}

import type { Kysely, Logger } from "kysely";
import { nextArticleId } from "../article-id.ts";
import type {
  Article,
  ArticleStore,
  Draft,
  ListOptions,
  PoolState,
  QueryObserver,
} from "./article-store.ts";

interface ArticleRow {
  id: string;
  title: string;
  body: string;
  author: string | null;
  /** PostgreSQL returns a Date, SQLite the text that was written. */
  created_at: string | Date;
  updated_at: string | Date;
}

export interface Schema {
  articles: ArticleRow;
}

const operations = {
  SelectQueryNode: "select",
  InsertQueryNode: "insert",
  UpdateQueryNode: "update",
  DeleteQueryNode: "delete",
} as const;

/** Adapts the observer to Kysely's logger. */
export function queryLogger(observe: QueryObserver): Logger {
  return (event) => {
    const kind = event.query.query.kind;
    if (kind in operations) {
      const error = event.level === "error" ? event.error : undefined;
      observe(operations[kind as keyof typeof operations], event.queryDurationMillis / 1000, error);
    }
  };
}

/** A store on any SQL database that Kysely supports and `migrate` has prepared. */
export class SqlArticleStore implements ArticleStore {
  readonly #db: Kysely<Schema>;
  readonly #pool: () => PoolState;

  constructor(db: Kysely<Schema>, pool: () => PoolState) {
    this.#db = db;
    this.#pool = pool;
  }

  async add(draft: Draft): Promise<Article> {
    const { id, time } = nextArticleId();
    const createdAt = new Date(time).toISOString();
    await this.#db
      .insertInto("articles")
      .values({ id, ...columns(draft), created_at: createdAt, updated_at: createdAt })
      .execute();
    return { id, ...draft, createdAt, updatedAt: createdAt };
  }

  async get(id: string): Promise<Article | undefined> {
    const row = await this.#db
      .selectFrom("articles")
      .selectAll()
      .where("id", "=", id)
      .executeTakeFirst();
    return row && toArticle(row);
  }

  async list({ limit, before, author }: ListOptions): Promise<Article[]> {
    // An id begins with its creation time, so this is the order of creation, without ties.
    let query = this.#db.selectFrom("articles").selectAll().orderBy("id", "desc").limit(limit);
    if (before !== undefined) query = query.where("id", "<", before);
    if (author !== undefined) query = query.where("author", "=", author);
    const rows = await query.execute();
    return rows.map(toArticle);
  }

  async replace(id: string, draft: Draft): Promise<Article | undefined> {
    const row = await this.#db
      .updateTable("articles")
      .set({ ...columns(draft), updated_at: new Date().toISOString() })
      .where("id", "=", id)
      .returningAll()
      .executeTakeFirst();
    return row && toArticle(row);
  }

  async remove(id: string): Promise<boolean> {
    const result = await this.#db.deleteFrom("articles").where("id", "=", id).executeTakeFirst();
    return result.numDeletedRows > 0n;
  }

  async ping(): Promise<void> {
    await this.#db.selectFrom("articles").select("id").limit(1).execute();
  }

  pool(): PoolState {
    return this.#pool();
  }

  async close(): Promise<void> {
    await this.#db.destroy();
  }
}

function columns({ title, body, author }: Draft) {
  return { title, body, author: author ?? null };
}

function toArticle({ id, title, body, author, created_at, updated_at }: ArticleRow): Article {
  return {
    id,
    title,
    body,
    ...(author !== null && { author }),
    createdAt: new Date(created_at).toISOString(),
    updatedAt: new Date(updated_at).toISOString(),
  };
}

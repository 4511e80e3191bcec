import { type Kysely, type Logger, sql } from "kysely";
import { nextArticleId } from "../article-id.ts";
import type {
  Article,
  ArticleStore,
  Draft,
  ListOptions,
  PoolState,
  QueryObserver,
} from "./article-store.ts";
import { DatabaseError } from "./database-error.ts";

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
    const article = newArticle(draft);
    await run(this.#db.insertInto("articles").values(toRow(article)));
    return article;
  }

  async get(id: string): Promise<Article | undefined> {
    const [row] = await run(this.#db.selectFrom("articles").selectAll().where("id", "=", id));
    return row && toArticle(row);
  }

  async list({ limit, before, author, maxBytes }: ListOptions): Promise<Article[]> {
    // An id begins with its creation time, so this is the order of creation, without ties.
    let newest = this.#db.selectFrom("articles").orderBy("id", "desc").limit(limit);
    if (before !== undefined) newest = newest.where("id", "<", before);
    if (author !== undefined) newest = newest.where("author", "=", author);
    if (maxBytes === undefined) return (await run(newest.selectAll())).map(toArticle);

    // Sizes are known without reading the texts, which the join then reads for this page only.
    const sizes = newest.select(["id", bytes.as("bytes")]).as("sizes");
    const totals = this.#db
      .selectFrom(sizes)
      .select((select) => [
        "id",
        "bytes",
        select.fn
          .sum<number>("bytes")
          .over((over) => over.orderBy("id", "desc"))
          .as("total"),
        sql<number>`row_number() over (order by id desc)`.as("place"),
      ])
      .as("totals");
    const page = this.#db
      .selectFrom(totals)
      .innerJoin("articles", "articles.id", "totals.id")
      .selectAll("articles")
      .where((where) =>
        where.or([where("place", "<=", 2), where(sql<number>`total - bytes`, "<=", maxBytes)]),
      )
      .orderBy("articles.id", "desc");
    return (await run(page)).map(toArticle);
  }

  async replace(id: string, draft: Draft): Promise<Article | undefined> {
    const update = this.#db
      .updateTable("articles")
      .set({ ...columns(draft), updated_at: new Date().toISOString() })
      .where("id", "=", id)
      .returningAll();
    const [row] = await run(update);
    return row && toArticle(row);
  }

  async remove(id: string): Promise<boolean> {
    const [result] = await run(this.#db.deleteFrom("articles").where("id", "=", id));
    return result!.numDeletedRows > 0n;
  }

  async ping(): Promise<void> {
    await run(this.#db.selectFrom("articles").select("id").limit(1));
  }

  async checkWrites(): Promise<void> {
    const row = toRow(newArticle({ title: "a check of readiness", body: "" }));
    const writing = this.#db.transaction().execute(async (transaction) => {
      await transaction.insertInto("articles").values(row).execute();
      await transaction.deleteFrom("articles").where("id", "=", row.id).execute();
      // Committed, because SQLite writes to the disk only then.
    });
    await writing.catch(fail);
  }

  pool(): PoolState {
    return this.#pool();
  }

  async close(): Promise<void> {
    await this.#db.destroy();
  }
}

/** The bytes of an article's texts. */
const bytes = sql<number>`octet_length(title) + octet_length(body) + coalesce(octet_length(author), 0)`;

async function run<T>(query: { execute(): Promise<T> }): Promise<T> {
  return query.execute().catch(fail);
}

function fail(cause: unknown): never {
  throw new DatabaseError(cause);
}

function newArticle(draft: Draft): Article {
  const { id, time } = nextArticleId();
  const createdAt = new Date(time).toISOString();
  return { id, ...draft, createdAt, updatedAt: createdAt };
}

function toRow({ id, createdAt, updatedAt, ...draft }: Article): ArticleRow {
  return { id, ...columns(draft), created_at: createdAt, updated_at: updatedAt };
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

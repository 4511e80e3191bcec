/** The part of an article that a client writes. */
export interface Draft {
  title: string;
  body: string;
  author?: string;
}

/** An article as it is stored. Times are ISO 8601 in UTC, with milliseconds. */
export interface Article extends Draft {
  id: string;
  createdAt: string;
  updatedAt: string;
}

export interface ListOptions {
  /** Maximum number of articles to return. */
  limit: number;
  /** Return only articles older than the one with this id, which may have been deleted. */
  before?: string;
  /** Return only articles of this author. */
  author?: string;
  /** Return no more articles once their texts have more bytes than this in total, but at least two. */
  maxBytes?: number;
}

/** How many connections there are, how many are idle, and how many queries wait for one. */
export interface PoolState {
  size: number;
  idle: number;
  waiting: number;
}

/**
 * Stores articles. A write has been committed when its promise resolves. Every promise rejects with a
 * `DatabaseError` if the database fails.
 */
export interface ArticleStore {
  add(draft: Draft): Promise<Article>;
  get(id: string): Promise<Article | undefined>;
  /** Newest first. */
  list(options: ListOptions): Promise<Article[]>;
  /** Replaces everything but id and creation time; undefined if there is no such article. */
  replace(id: string, draft: Draft): Promise<Article | undefined>;
  /** False if there was no such article. */
  remove(id: string): Promise<boolean>;
  /** Rejects if the table of articles can't be read. */
  ping(): Promise<void>;
  /** Rejects if an article can't be stored. It stores one that nobody sees, and removes it. */
  checkWrites(): Promise<void>;
  pool(): PoolState;
  close(): Promise<void>;
}

/** Called when a query has ended, with its operation, its duration, and its error if it failed. */
export type QueryObserver = (
  operation: "select" | "insert" | "update" | "delete",
  seconds: number,
  error?: unknown,
) => void;

/** Listeners of a store. */
export interface StoreEvents {
  onQuery?: QueryObserver;
  /** Called when a connection to the server broke; the pool opens a new one when it needs one. */
  onConnectionLost?: (reason: string) => void;
}

/** What a client writes. */
export interface Draft {
  title: string;
  body: string;
  author?: string;
}

/** What the store keeps. Times are ISO 8601, in UTC, with milliseconds. */
export interface Article extends Draft {
  id: string;
  createdAt: string;
  updatedAt: string;
}

export interface ListOptions {
  /** The most articles to return. */
  limit: number;
  /** Return only articles older than the one with this id, which need not exist any more. */
  before?: string;
  /** Return only articles of this author. */
  author?: string;
}

/** Connections to the database: all, those doing nothing, and how many queries wait for one. */
export interface PoolState {
  size: number;
  idle: number;
  waiting: number;
}

/** Where articles live. What resolves has been committed. */
export interface ArticleStore {
  add(draft: Draft): Promise<Article>;
  get(id: string): Promise<Article | undefined>;
  /** Newest first. */
  list(options: ListOptions): Promise<Article[]>;
  /** Replaces everything but the id and the creation time; undefined when there is no such article. */
  replace(id: string, draft: Draft): Promise<Article | undefined>;
  /** False when there is no such article. */
  remove(id: string): Promise<boolean>;
  /** Rejects unless the database can answer from the table of articles. */
  ping(): Promise<void>;
  pool(): PoolState;
  close(): Promise<void>;
}

/** Told of every query once it has ended: what it did, how long it ran, and its error if it failed. */
export type QueryObserver = (
  operation: "select" | "insert" | "update" | "delete",
  seconds: number,
  error?: unknown,
) => void;

/** Who wants to know what a store does. */
export interface StoreEvents {
  onQuery?: QueryObserver;
  /** A connection to the server broke; the pool makes a new one when it needs one. */
  onConnectionLost?: (reason: string) => void;
}

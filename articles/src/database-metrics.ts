import { metrics } from "narthex";
import type { ArticleStore } from "./store/article-store.ts";

const queryDuration = metrics.histogram({
  name: "db_query_duration_seconds",
  help: "How long queries take, by operation and whether they failed.",
  labels: ["operation", "result"],
});

/** Records a query; pass it to a store as `onQuery`. */
export function countQuery(operation: string, seconds: number, error?: unknown): void {
  queryDuration.observe({ operation, result: error === undefined ? "ok" : "error" }, seconds);
}

/** Adds metrics of the store's connection pool, read at each scrape. */
export function measurePool(store: ArticleStore): void {
  metrics.gauge({
    name: "db_pool_connections",
    help: "Connections to the database, by what they do.",
    labels: ["state"],
    collect: () => {
      const { size, idle } = store.pool();
      return [
        [{ state: "idle" }, idle],
        [{ state: "busy" }, size - idle],
      ] as const;
    },
  });
  metrics.gauge({
    name: "db_pool_waiting_queries",
    help: "Queries that wait for a connection.",
    collect: () => store.pool().waiting,
  });
}

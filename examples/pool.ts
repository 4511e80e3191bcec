// What a pool of connections knows already, read when Prometheus asks. Run: DATABASE_URL=postgres://… node pool.ts
import { metrics } from "narthex";
import { serveMetrics } from "narthex/serve";
import { Pool } from "pg";

const pool = new Pool({ connectionString: process.env.DATABASE_URL, max: 10 });

metrics.gauge({
  name: "db_pool_connections",
  help: "Connections of the pool, by what they do.",
  labels: ["state"],
  collect: () => [
    [{ state: "used" }, pool.totalCount - pool.idleCount],
    [{ state: "idle" }, pool.idleCount],
  ],
});
metrics.gauge({
  name: "db_pool_max_connections",
  help: "How many connections the pool may have.",
  collect: () => pool.options.max,
});
metrics.gauge({
  name: "db_pool_waiting",
  help: "Callers that wait for a connection.",
  collect: () => pool.waitingCount,
});

const errors = metrics.counter({
  name: "db_query_errors",
  help: "Queries that failed.",
  labels: ["operation"],
});
/** @param operation what the query does, such as `find_order`: never its text, which has no end of values */
function query(operation: string, text: string, values: unknown[] = []) {
  return errors.countErrors({ operation }, () => pool.query(text, values));
}

const server = await serveMetrics({ port: 9464 });
server.ref();
console.log("http://127.0.0.1:9464/metrics");
await query("ping", "SELECT 1").catch((error) => console.error(error));

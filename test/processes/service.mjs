// A service of several processes: workers of a cluster, or whatever forks this. Each request is counted.
import cluster from "node:cluster";
import { createServer } from "node:http";
import { metrics } from "narthex";
import { httpMetrics } from "narthex/node";
import { joinProcesses } from "narthex/processes";

if (cluster.isPrimary && process.env.WORKERS !== undefined) {
  const fork = () => cluster.fork().once("exit", fork);
  for (let worker = 0; worker < Number(process.env.WORKERS); worker += 1) fork();
} else {
  joinProcesses();
  const work = metrics.counter({ name: "work", help: "Work done." });
  const took = metrics.histogram({ name: "took_seconds", help: "How long.", native: true });
  const server = createServer((request, response) => {
    if (request.url === "/block") {
      response.end();
      for (const end = Date.now() + 5000; Date.now() < end; );
      return;
    }
    work.inc();
    took.observe(0.1 * Math.random());
    response.end(String(process.pid));
  });
  httpMetrics(server);
  server.listen(Number(process.env.PORT ?? 0), "127.0.0.1", () => {
    process.stdout.write(
      `${JSON.stringify({ pid: process.pid, port: Object(server.address()).port })}\n`,
    );
  });
  // A graceful end: the requests that have come are answered. PM2 asks for it with SIGINT.
  for (const signal of ["SIGTERM", "SIGINT"]) {
    process.once(signal, () => {
      server.close(() => process.exit());
      // Again and again: the connection of a scrape that was running stays open for the next one.
      setInterval(() => server.closeIdleConnections(), 50);
    });
  }
}

import cluster from "node:cluster";
import http from "node:http";
import { isMainThread, Worker } from "node:worker_threads";
import { metrics } from "narthex";
import { joinThreads } from "narthex/threads";

// Each worker of the cluster has a thread that counts for it.
if (cluster.isPrimary && isMainThread) {
  for (let worker = 0; worker < 2; worker += 1) cluster.fork();
} else {
  joinThreads();
  const jobs = metrics.counter({ name: "jobs", help: "Jobs." });
  if (isMainThread) {
    new Worker(new URL(import.meta.url));
    http.createServer().listen(0, "127.0.0.1");
  } else {
    jobs.inc(10);
    setInterval(() => {}, 1000);
  }
}

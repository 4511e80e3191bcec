// A queue worker without a server: outcomes, durations, jobs in progress, retries. Run: node worker.ts
import { setTimeout as sleep } from "node:timers/promises";
import { metrics } from "narthex";
import { collectRuntime } from "narthex/runtime";
import { serveMetrics } from "narthex/serve";

interface Job {
  readonly queue: "mail" | "invoice";
  readonly run: () => Promise<unknown>;
}

const duration = metrics.histogram({
  name: "job_duration_seconds",
  help: "How long jobs took.",
  labels: ["queue", "outcome"],
  buckets: [0.1, 0.5, 1, 5, 10, 30, 60, 300],
});
const running = metrics.gauge({
  name: "jobs_running",
  help: "Jobs that run right now.",
  labels: ["queue"],
});

/** Runs a job and measures it: its outcome is known only at the end. */
function work({ queue, run }: Job): Promise<unknown> {
  return running.track({ queue }, () =>
    duration.time({ queue }, run, (end) => ({ outcome: "error" in end ? "failed" : "ok" })),
  );
}

/** Calls, errors and durations of any function: connect_calls_total, connect_duration_seconds, … */
const connect = metrics.instrument("connect", async () => sleep(10));

const jobs: Job[] = [
  { queue: "mail", run: () => sleep(20) },
  { queue: "invoice", run: () => Promise.reject(new Error("no paper")) },
];

collectRuntime(metrics);
const server = await serveMetrics({ port: 9464 }); // in a container, add host: "0.0.0.0"
server.ref(); // the jobs of a real queue keep the process alive
console.log("http://127.0.0.1:9464/metrics");

await connect();
for (const job of jobs) await work(job).catch((error) => console.error(error.message));

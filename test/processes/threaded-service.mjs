// A service of a cluster whose workers have threads. Each request is counted by its process and by a thread; another
// thread counts without end, and is ended and replaced all the time.
import cluster from "node:cluster";
import { once } from "node:events";
import { createServer } from "node:http";
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";
import { metrics } from "narthex";
import { httpMetrics } from "narthex/node";
import { joinProcesses } from "narthex/processes";
import { joinThreads } from "narthex/threads";

/** @typedef {import("node:net").AddressInfo} AddressInfo */

if (cluster.isPrimary && isMainThread) {
  const fork = () => cluster.fork().once("exit", fork);
  for (let worker = 0; worker < Number(process.env.WORKERS); worker += 1) fork();
} else {
  // In an order of the process's own, and in threads one of them does for both.
  const joining = [() => joinThreads(), () => joinProcesses()];
  if (isMainThread && process.pid % 2 === 0) joining.reverse();
  for (const joinGroup of isMainThread ? joining : joining.slice(process.pid % 2)) joinGroup();
  const work = metrics.counter({ name: "work", help: "Work done.", labels: ["by"] });
  const took = metrics.histogram({ name: "took_seconds", help: "How long.", native: true });
  if (isMainThread) await serve(work, took);
  else if (workerData.done) countWithoutEnd(work, workerData.done);
  else answer(work, took);
}

/**
 * @param {import("narthex").Counter<{ by: string }>} work
 * @param {import("narthex").Histogram} took
 */
async function serve(work, took) {
  const file = new URL(import.meta.url);
  const thread = new Worker(file, { workerData: {} });
  const [pagePort] = await once(thread, "message");
  /** @type {(() => void)[]} */
  const waiting = [];
  thread.on("message", () => waiting.shift()?.());
  let replaced = 0;
  const done = new Int32Array(new SharedArrayBuffer(4));
  const begin = () => new Worker(file, { workerData: { done } });
  let endless = begin();
  let doneBefore = 0;
  const churn = setInterval(async () => {
    // On a loaded machine a thread takes longer to start.
    const doneNow = Atomics.load(done, 0);
    if (doneNow === doneBefore) return;
    doneBefore = doneNow;
    await endless.terminate();
    replaced += 1;
    endless = begin();
  }, 300);
  const server = createServer((_request, response) => {
    work.inc({ by: "process" });
    took.observe(0.1 * Math.random());
    waiting.push(() => response.end(String(process.pid)));
    thread.postMessage("work");
  });
  httpMetrics(server);
  await new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(undefined)));
  const { port } = /** @type {AddressInfo} */ (server.address());
  const say = (/** @type {object} */ line) => process.stdout.write(`${JSON.stringify(line)}\n`);
  say({ pid: process.pid, port, pages: [port, pagePort] });
  process.once("SIGTERM", () => {
    clearInterval(churn);
    server.close(async () => {
      await endless.terminate();
      say({ ended: process.pid, done: done[0], replaced: replaced + 1 });
      process.exit();
    });
    server.closeIdleConnections();
  });
}

/**
 * A thread that counts what the process asks it to, and answers for all on a port of its own.
 *
 * @param {import("narthex").Counter<{ by: string }>} work
 * @param {import("narthex").Histogram} took
 */
function answer(work, took) {
  parentPort?.on("message", () => {
    work.inc({ by: "thread" });
    took.observe(0.1 * Math.random());
    parentPort?.postMessage("done");
  });
  const server = createServer();
  httpMetrics(server);
  server.listen(0, "127.0.0.1", () => {
    parentPort?.postMessage(/** @type {AddressInfo} */ (server.address()).port);
  });
}

/**
 * @param {import("narthex").Counter<{ by: string }>} work
 * @param {Int32Array} done
 */
function countWithoutEnd(work, done) {
  for (;;) {
    work.inc({ by: "endless" });
    Atomics.add(done, 0, 1);
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
  }
}

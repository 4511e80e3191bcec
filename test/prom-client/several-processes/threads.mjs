import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { BroadcastChannel, isMainThread, parentPort, threadId, Worker } from "node:worker_threads";
import { another, define, expire, holdTimers, load, Outcomes, state } from "./metrics.mjs";

// A main thread that asks its workers by one client, while they answer by another: it prints what each step gives.
const [clientOfMain = "", clientOfWorkers = "", mayFail] = process.argv.slice(2);
const client = load(isMainThread ? clientOfMain : clientOfWorkers);

if (parentPort) answer(parentPort);
else await ask();

/** @param {import("node:worker_threads").MessagePort} port */
function answer(port) {
  define(client, threadId);
  const registry = new client.WorkerRegistry();
  let go = () => {};
  /** @type {Record<string, () => unknown>} what a worker can be told */
  const orders = {
    wait() {
      state.until = new Promise((resolve) => {
        go = resolve;
      });
    },
    go: () => go(),
    fail() {
      state.throws = true;
    },
    recover() {
      state.throws = false;
    },
    setRegistries: () =>
      client.WorkerRegistry.setRegistries([another(client, threadId), client.register]),
    shutdown: () => registry.shutdown(),
  };
  port.on("message", async (order) => {
    await orders[order]?.();
    port.postMessage(order);
  });
}

async function ask() {
  holdTimers();
  define(client, 100);
  const registry = new client.WorkerRegistry();
  const outcomes = new Outcomes();
  const page = () => registry.workerMetrics();
  const count = () => client.WorkerRegistry.workerCount();
  /** A page for which the time is up soon after something has happened. */
  const lateAfter = async (/** @type {Promise<unknown>} */ happened) => {
    const late = page();
    happened.then(() => sleep(20)).then(expire);
    return late;
  };
  await outcomes.add("without workers", page);
  const first = await started(1);
  const second = await started(2);
  await outcomes.add("of two workers", page);
  await outcomes.add("their number", count);
  if (mayFail) {
    await tell(first, "fail");
    await outcomes.add("while the first one fails", page);
    await tell(first, "recover");
    await outcomes.add("after it has recovered", page);
  }
  await tell(first, "wait");
  await outcomes.add("while one does not answer", () => lateAfter(response(second)));
  await tell(first, "go");
  await until(() => count() === 2);
  await outcomes.add("after it has answered late", page);
  await tell(first, "setRegistries");
  await outcomes.add("of two registries of one worker", page);
  await outcomes.add("setRegistries with text", () => client.WorkerRegistry.setRegistries("m"));
  await outcomes.add("shutdown of a worker", () => tell(first, "shutdown"));
  await outcomes.add("after the shutdown", page);
  await outcomes.add("the same shutdown again", () => tell(first, "shutdown"));
  await outcomes.add("their number after that", count);
  await outcomes.add("shutdown of the main thread", async () => typeof (await registry.shutdown()));
  await first.terminate();
  await outcomes.add("after one has ended", page);
  await second.terminate();
  await outcomes.add("after the other one has ended without a shutdown", () => lateAfter(sleep(1)));
  if (mayFail) await outcomes.add("the page after that", page);
  process.stdout.write(JSON.stringify(outcomes.all));
}

/**
 * A worker that the main thread has got to know.
 *
 * @param {number} id
 */
async function started(id) {
  const worker = new Worker(fileURLToPath(import.meta.url), { argv: process.argv.slice(2) });
  worker.on("error", (error) => {
    throw error;
  });
  await until(() => client.WorkerRegistry.workerCount() === id);
  return worker;
}

/**
 * Waits for the next answer to a request for metrics.
 *
 * @param {Worker} worker
 */
async function response({ threadId }) {
  const channel = new BroadcastChannel(`@prometheus-io/client:worker:${threadId}`);
  try {
    await new Promise((resolve) => {
      channel.onmessage = resolve;
    });
  } finally {
    channel.close();
  }
}

/** @param {() => boolean} isSo */
async function until(isSo) {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 5));
}

/**
 * @param {Worker} worker
 * @param {string} order
 */
async function tell(worker, order) {
  worker.postMessage(order);
  return (await once(worker, "message"))[0];
}

import cluster from "node:cluster";
import { once } from "node:events";
import { another, define, expire, holdTimers, load, Outcomes, state } from "./metrics.mjs";

// A cluster whose primary asks its workers by one client, while they answer by another: it prints what each step gives.
const [clientOfPrimary = "", clientOfWorkers = "", className = ""] = process.argv.slice(2);
const client = load(cluster.isPrimary ? clientOfPrimary : clientOfWorkers);

if (cluster.worker) answer(cluster.worker);
else await ask();

/** @param {import("node:cluster").Worker} worker */
function answer({ id }) {
  define(client, id);
  const registry = new client[className]();
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
    setRegistries: () => client[className].setRegistries([another(client, id), client.register]),
    shutdown: () => registry.shutdown(),
    dieWhenAsked: () => process.prependListener("message", () => process.exit()),
  };
  process.on("message", async ({ order }) => {
    if (order === undefined) return;
    await orders[order]?.();
    process.send?.({ done: order });
  });
  process.send?.("ready");
}

async function ask() {
  holdTimers();
  define(client, 100);
  const registry = new client[className]();
  const outcomes = new Outcomes();
  const page = () => registry.clusterMetrics();
  await outcomes.add("without workers", page);
  const isReady = (/** @type {unknown} */ received) => received === "ready";
  const first = cluster.fork();
  await message(first, isReady);
  const second = cluster.fork();
  await message(second, isReady);

  /** A page for which the second worker answers after the first one has. */
  const inOrder = async () => {
    await tell(second, "wait");
    const answered = response(first);
    const answer = page();
    await answered;
    tell(second, "go");
    return answer;
  };
  await outcomes.add("of two workers", inOrder);

  /** A page that fails by the first answer: the next step begins when the other one is there, too. */
  const failing = async () => {
    const answered = [response(first), response(second)];
    return page().finally(() => Promise.all(answered));
  };
  /** A page for which the time is up when something has happened. */
  const lateAfter = async (/** @type {Promise<unknown>} */ happened) => {
    const late = page();
    happened.then(expire);
    return late;
  };
  await tell(first, "fail");
  await outcomes.add("while the first one fails", failing);
  await tell(second, "fail");
  await outcomes.add("while both fail", failing);
  await tell(first, "recover");
  await tell(second, "recover");
  await outcomes.add("after they have recovered", inOrder);

  await tell(first, "wait");
  await outcomes.add("while one does not answer", () => lateAfter(response(second)));
  const late = response(first);
  await tell(first, "go");
  await late;
  await outcomes.add("after it has answered late", inOrder);

  await tell(first, "setRegistries");
  await outcomes.add("of two registries of one worker", inOrder);
  const setRegistries = (/** @type {unknown} */ given) => () =>
    client[className].setRegistries(given);
  await outcomes.add("setRegistries with text", setRegistries(["register"]));
  await outcomes.add("setRegistries with nothing", setRegistries(undefined));
  await outcomes.add("setRegistries", setRegistries([another(client, 100)]));
  await outcomes.add("with other registries of the primary", inOrder);

  const goes = registry.shutdown !== undefined;
  if (goes) {
    await outcomes.add("shutdown of a worker", () => tell(first, "shutdown"));
    await outcomes.add("after the shutdown", page);
    await outcomes.add("the same shutdown again", () => tell(first, "shutdown"));
    await outcomes.add("shutdown of the primary", async () => typeof (await registry.shutdown()));
  }
  first.kill();
  await once(cluster, "exit");
  await outcomes.add("after one has ended", page);
  await tell(second, "dieWhenAsked");
  await outcomes.add("while the other one ends", () => lateAfter(once(cluster, "exit")));
  await outcomes.add("after both have ended", page);
  process.stdout.write(JSON.stringify(outcomes.all));
}

/**
 * Waits for a message of a worker.
 *
 * @param {import("node:cluster").Worker} worker
 * @param {(received: any) => boolean} isWanted
 */
function message(worker, isWanted) {
  return new Promise((resolve) => {
    const listen = (/** @type {unknown} */ received) => {
      if (!isWanted(received)) return;
      worker.off("message", listen);
      resolve(received);
    };
    worker.on("message", listen);
  });
}

/**
 * Waits for the next answer to a request for metrics.
 *
 * @param {import("node:cluster").Worker} worker
 */
function response(worker) {
  return message(worker, ({ type }) => type?.endsWith("getMetricsRes"));
}

/**
 * @param {import("node:cluster").Worker} worker
 * @param {string} order
 */
async function tell(worker, order) {
  const done = message(worker, (received) => received.done === order);
  worker.send({ order });
  await done;
  return "done";
}

import cluster, { type Worker } from "node:cluster";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { metrics } from "narthex";
import { joinProcesses } from "narthex/processes";
import { collectRuntime } from "narthex/runtime";
import type { Logger } from "pino";
import { createLogger } from "./logger.ts";
import type { Settings } from "./settings.ts";
import { closeOnSignal } from "./shutdown.ts";

/** A worker that ends soon after its start is replaced later and later, up to this. */
const LONGEST_PAUSE_MS = 10_000;
const FIRST_PAUSE_MS = 100;

/**
 * Runs the service in several processes that share its port, and resolves with their address when all of
 * them listen. The first worker listens before the others start: it brings the database's schema up to
 * date, and if a setting is wrong, it says so alone.
 */
export async function startWorkers(settings: Settings): Promise<AddressInfo> {
  const logger = await createLogger(settings);
  cluster.setupPrimary({ exec: fileURLToPath(new URL("main.js", import.meta.url)) });
  closeOnSignal(stopWorkers, { delayMs: settings.shutdownDelayMs });
  const address = await keepWorker(logger, (code) => process.exit(code));
  // As a member of the group it keeps the totals, even if all workers crash at once.
  joinProcesses(metrics);
  collectRuntime(metrics);
  const others = Array.from({ length: settings.workers - 1 }, () => keepWorker(logger));
  await Promise.all(others);
  return address;
}

let isStopping = false;

/**
 * Starts a worker, and another one whenever it ends. Resolves when the first of them listens.
 *
 * @param onFailure is called with the exit code instead if the first worker ends before it listens
 */
function keepWorker(logger: Logger, onFailure?: (code: number) => void): Promise<AddressInfo> {
  return new Promise((resolve) => {
    let pauseMs = FIRST_PAUSE_MS;
    let fails = onFailure;
    const start = () => {
      if (isStopping) return;
      const started = performance.now();
      const worker = cluster.fork();
      worker.once("listening", ({ address, port, addressType }) => {
        fails = undefined;
        resolve({ address, port, family: `IPv${addressType}` });
      });
      worker.once("exit", (code, signal) => {
        if (isStopping) return;
        if (fails !== undefined) return fails(code ?? 1);
        const isSoon = performance.now() - started < LONGEST_PAUSE_MS;
        pauseMs = isSoon ? Math.min(2 * pauseMs, LONGEST_PAUSE_MS) : FIRST_PAUSE_MS;
        const { pid } = worker.process;
        logger.warn({ worker: pid, code, signal, pauseMs }, "a worker ended, and is replaced");
        setTimeout(start, pauseMs);
      });
    };
    start();
  });
}

/** Passes the signal on, and resolves when all workers have answered what came in; rejects if one has not. */
async function stopWorkers(signal: NodeJS.Signals): Promise<void> {
  isStopping = true;
  const workers = Object.values(cluster.workers ?? {}).filter((worker) => worker !== undefined);
  // One that does not even notice that this process has ended must not keep the port.
  process.once("exit", () => {
    for (const worker of workers) worker.process.kill("SIGKILL");
  });
  const ends = await Promise.all(workers.map((worker) => endOf(worker, signal)));
  const failed = ends.filter((end) => end !== 0 && end !== signal);
  if (failed.length > 0) {
    throw new Error(`of ${ends.length} workers, ${failed.length} ended with ${failed.join(", ")}`);
  }
}

/** Ends a worker by a signal; resolves with its exit code, or the signal that killed it. */
function endOf(worker: Worker, signal: NodeJS.Signals): Promise<number | string> {
  return new Promise((resolve) => {
    worker.once("exit", (code, killedBy) => resolve(killedBy ?? code));
    worker.process.kill(signal);
  });
}

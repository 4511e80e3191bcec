import { parentPort, workerData } from "node:worker_threads";
import { Registry } from "narthex";
import { joinProcesses } from "narthex/processes";
import { joinThreads } from "narthex/threads";

// A thread with a registry of a group. It does what the test sends, and answers with what that gave.
const registry = new Registry();
const { group, directory } = workerData;
const membership = joinThreads(registry, { group });
const work = registry.counter({ name: "work", help: "Work.", labels: ["kind"] });
const sizes = registry.histogram({ name: "size", help: "Sizes.", buckets: [1, 2], native: true });

/** Counts without end; the test sees in shared memory how many updates were completed. */
function busy() {
  const done = new Int32Array(workerData.done);
  for (let update = 0; ; update += 1) {
    work.inc({ kind: "busy" });
    sizes.observe(update % 3);
    Atomics.add(done, 0, 1);
  }
}

/** @type {Record<string, () => unknown>} */
const commands = {
  busy,
  text: () => registry.text(),
  leave: () => membership.leave(),
  processes: () => void joinProcesses(registry, { group, directory }),
};

parentPort?.on("message", async ({ name, code }) => {
  const run = code === undefined ? commands[name] : new Function("registry", "work", code);
  parentPort?.postMessage((await run?.(registry, work)) ?? "");
});
parentPort?.postMessage("joined");

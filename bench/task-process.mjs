import { fork } from "node:child_process";
import { on, once } from "node:events";

/** @import { ChildProcess } from "node:child_process" */

/**
 * A process that calls the exported functions of a module for us, one call at a time.
 *
 * @template T the module's exports
 */
export class TaskProcess {
  /** @type {ChildProcess} */
  #child;

  /** @param {ChildProcess} child */
  constructor(child) {
    this.#child = child;
  }

  /**
   * @template T
   * @param {URL} module
   * @param {{ nodeOptions?: readonly string[], prefix?: readonly string[] }} [how] `prefix` is a command
   *   that starts the process, such as `taskset -c 0`
   * @returns {Promise<TaskProcess<T>>}
   */
  static async start(module, { nodeOptions = [], prefix = [] } = {}) {
    const [execPath = "", ...execArgv] = [...prefix, process.execPath, ...nodeOptions];
    const child = fork(import.meta.filename, [module.href], { execPath, execArgv });
    return TaskProcess.of(child);
  }

  /**
   * The same for a process that runs this file already, such as a worker of a cluster.
   *
   * @template T
   * @param {ChildProcess} child
   * @returns {Promise<TaskProcess<T>>}
   */
  static async of(child) {
    /** @type {TaskProcess<T>} */
    const started = new TaskProcess(child);
    await started.#answer();
    return started;
  }

  /**
   * @template {keyof T} N
   * @param {N} name
   * @param {T[N] extends (...args: infer A) => unknown ? A : never} args
   * @returns {Promise<T[N] extends (...args: never) => infer R ? Awaited<R> : never>}
   */
  async call(name, ...args) {
    const answer = this.#answer();
    this.#child.send({ task: name, args });
    return answer;
  }

  async stop() {
    const exited = once(this.#child, "exit");
    this.#child.disconnect();
    await exited;
  }

  async #answer() {
    const waiting = new AbortController();
    const { signal } = waiting;
    const exit = once(this.#child, "exit", { signal }).then(([code, by]) => {
      throw new Error(`a process that measures ended with ${code ?? by}`);
    });
    const answer = await Promise.race([this.#nextAnswer(signal), exit]).finally(() =>
      waiting.abort(),
    );
    if (answer.error !== undefined) throw new Error(answer.error);
    return answer.result;
  }

  /** Peers may send messages of their own. */
  async #nextAnswer(/** @type {AbortSignal} */ signal) {
    for await (const [message] of on(this.#child, "message", { signal })) {
      if (message.answers === true) return message;
    }
  }
}

// In the process itself. This is not awaited here, as the module may import this one.
if (process.argv[1] === import.meta.filename) serve(String(process.argv[2]));

/** @param {string} module */
async function serve(module) {
  const tasks = await import(module);
  const answer = (/** @type {object} */ outcome) => process.send?.({ answers: true, ...outcome });
  process.on(
    "message",
    async (/** @type {{ task?: string, args: unknown[] }} */ { task, args }) => {
      if (task === undefined) return;
      try {
        answer({ result: await tasks[task](...args) });
      } catch (error) {
        answer({ error: error instanceof Error ? error.stack : String(error) });
      }
    },
  );
  process.once("disconnect", () => process.exit());
  answer({ result: "ready" });
}

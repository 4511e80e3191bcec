import { fork } from "node:child_process";
import { once } from "node:events";

/** @import { ChildProcess } from "node:child_process" */
/** @import { Tasks } from "./do-tasks.mjs" */

/**
 * A process that does one task at a time: what its file gave to `doTasks`.
 *
 * @template {Tasks} T
 */
export class TaskProcess {
  /** @type {ChildProcess} */
  #child;

  /** @param {ChildProcess} child */
  constructor(child) {
    this.#child = child;
  }

  /**
   * @template {Tasks} T
   * @param {URL} file
   * @param {readonly string[]} args
   * @param {{ options?: readonly string[], under?: readonly string[] }} [how] options of Node.js, and
   *   the command that starts it, such as `taskset -c 0`
   * @returns {Promise<TaskProcess<T>>}
   */
  static async start(file, args, { options = [], under = [] } = {}) {
    const [execPath = process.execPath, ...execArgv] = [...under, process.execPath, ...options];
    /** @type {TaskProcess<T>} */
    const started = new TaskProcess(fork(file, args, { execPath, execArgv }));
    await started.#answer();
    return started;
  }

  /**
   * @template {keyof T} N
   * @param {N} task
   * @param {Parameters<T[N]>} args
   * @returns {Promise<Awaited<ReturnType<T[N]>>>}
   */
  async ask(task, ...args) {
    this.#child.send({ task, args });
    return /** @type {any} */ (await this.#answer());
  }

  async stop() {
    const exited = once(this.#child, "exit");
    this.#child.disconnect();
    await exited;
  }

  async #answer() {
    const controller = new AbortController();
    const { signal } = controller;
    const exit = once(this.#child, "exit", { signal }).then(([code, by]) => {
      throw new Error(`a process that measures ended with ${code ?? by}`);
    });
    const [answer] = await Promise.race([once(this.#child, "message", { signal }), exit]).finally(
      () => {
        exit.catch(() => {});
        controller.abort();
      },
    );
    if (answer.error !== undefined) throw new Error(answer.error);
    return answer.result;
  }
}

import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

/** @import { ChildProcess } from "node:child_process" */
/** @import { Tasks } from "./subject.mjs" */

const file = fileURLToPath(new URL("subject.mjs", import.meta.url));

/** A process of its own for one peer, which does one task at a time. */
export class SubjectProcess {
  /** @type {ChildProcess} */
  #child;

  /** @param {ChildProcess} child */
  constructor(child) {
    this.#child = child;
  }

  /**
   * @param {string} peer
   * @param {readonly string[]} [options] of Node.js
   */
  static async start(peer, options = []) {
    const child = fork(file, [peer], { execArgv: ["--expose-gc", ...options] });
    const subject = new SubjectProcess(child);
    await subject.#answer();
    return subject;
  }

  /**
   * @template {keyof Tasks} T
   * @param {T} task
   * @param {Parameters<Tasks[T]>} args
   * @returns {Promise<Awaited<ReturnType<Tasks[T]>>>}
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

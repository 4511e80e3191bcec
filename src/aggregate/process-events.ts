import type { Worker } from "node:worker_threads";

/** What is told to listeners: the code with which the thread ends, or a thread that this one has started. */
interface ProcessEvents {
  readonly exit: number;
  readonly worker: Worker;
}

/**
 * Calls each of many listeners for an event of the process, by one listener of its own, as Node.js warns of more
 * than ten. The last one comes first, as the first registry of a process keeps what several have of it.
 */
class SharedListener<Name extends keyof ProcessEvents> {
  readonly #name: Name;
  readonly #listeners = new Set<(value: ProcessEvents[Name]) => void>();
  readonly #tell = (value: ProcessEvents[Name]) => {
    for (const listener of [...this.#listeners].reverse()) listener(value);
  };

  constructor(name: Name) {
    this.#name = name;
  }

  add(listener: (value: ProcessEvents[Name]) => void): void {
    if (this.#listeners.size === 0) process.on(this.#name as "exit", this.#tell as () => void);
    this.#listeners.add(listener);
  }

  remove(listener: (value: ProcessEvents[Name]) => void): void {
    this.#listeners.delete(listener);
    if (this.#listeners.size === 0) process.removeListener(this.#name, this.#tell);
  }
}

/** The thread ends by itself. */
export const onExit = new SharedListener("exit");
/** The thread has started another one. */
export const onWorker = new SharedListener("worker");

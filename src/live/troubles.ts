import { addErrorListener } from "../registry/error-listeners.ts";
import { describe } from "../warn.ts";

/** How many different errors are kept. */
const KEPT = 50;

/** An error of a callback or a scrape, as the page lists it. */
export interface ListedError {
  readonly family: string | undefined;
  readonly message: string;
  readonly times: number;
  /** When it came last, in milliseconds since the epoch. */
  readonly last: number;
}

/** The errors that a registry tells of, each once. */
export class Troubles {
  readonly #errors = new Map<string, ListedError>();
  readonly #stop: () => void;

  constructor(registry: object) {
    this.#stop = addErrorListener(registry, (error, family) => this.#add(describe(error), family));
  }

  /** The newest first. */
  get list(): ListedError[] {
    return [...this.#errors.values()].reverse();
  }

  stop(): void {
    this.#stop();
  }

  #add(message: string, family: string | undefined): void {
    const key = JSON.stringify([family, message]);
    const times = (this.#errors.get(key)?.times ?? 0) + 1;
    // The newest is the last one.
    this.#errors.delete(key);
    this.#errors.set(key, { family, message, times, last: Date.now() });
    if (this.#errors.size > KEPT) this.#errors.delete(this.#errors.keys().next().value!);
  }
}

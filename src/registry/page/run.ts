import { isThenable } from "../../instruments/work.ts";
import type { CollectContext } from "../../model/sample-sink.ts";
import { type Call, during, type Making } from "./call.ts";

/** Reads numbers that must be fetched before they can be exposed. */
export interface Reader {
  /** Reads, now or later. Its result is handed to `apply`. */
  readonly read: (context: CollectContext) => unknown;
  apply(collected: unknown): void;
}

/** The reason why a late source is left out. */
export const LATE = "it was not done before the deadline";

/** Reads that still run. Other scrapes wait for them, too, instead of starting more. */
const running = new WeakMap<Reader, Run>();

export function runOf(reader: Reader): Run | undefined {
  return running.get(reader);
}

/**
 * One read. It goes on while at least one scrape waits for it. When none does any more, the read is told
 * to stop, and its result is not used.
 */
export class Run {
  readonly read: Reader["read"];
  readonly #reader: Reader;
  readonly #call: Call;
  readonly #begun = performance.now();
  /** Made only for a callback that asks for its signal. */
  #controller: AbortController | undefined;
  #waiting = 0;
  #isBeginning = true;
  /** The end of a read that goes on; rejects if the read fails. */
  end: Promise<void> | undefined;

  constructor(reader: Reader, page: Making) {
    this.#reader = reader;
    this.#call = { source: reader, page };
    this.read = reader.read;
  }

  /** In milliseconds. */
  get age(): number {
    return performance.now() - this.#begun;
  }

  /** Whether the callback has been told to stop. One that never asked for its signal has not. */
  get wasStopped(): boolean {
    return this.#controller?.signal.aborted === true;
  }

  /** Calls the callback, and applies what it returns at once. Throws if that fails. */
  begin(): void {
    const signal = () => this.#signal;
    const context = {
      get signal() {
        return signal();
      },
    };
    try {
      during(this.#call, () => {
        const collected = this.read(context);
        if (isThenable(collected)) this.end = this.#finish(Promise.resolve(collected));
        else this.#reader.apply(collected);
      });
    } finally {
      this.#isBeginning = false;
    }
    if (this.end === undefined) return;
    running.set(this.#reader, this);
    this.end.catch(() => {}); // Whoever waits for it hears of a failure.
  }

  readonly enter = (): void => {
    this.#waiting += 1;
  };

  readonly leave = (): void => {
    this.#waiting -= 1;
    if (this.#waiting === 0) this.#controller?.abort();
  };

  get #signal(): AbortSignal {
    this.#controller ??= new AbortController();
    if (this.#waiting === 0 && !this.#isBeginning) this.#controller.abort();
    return this.#controller.signal;
  }

  async #finish(promise: Promise<unknown>): Promise<void> {
    try {
      const collected = await promise;
      if (this.#waiting === 0 || this.wasStopped) return;
      during(this.#call, () => this.#reader.apply(collected));
    } finally {
      if (running.get(this.#reader) === this) running.delete(this.#reader);
    }
  }
}

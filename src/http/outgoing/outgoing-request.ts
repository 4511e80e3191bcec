import { AsyncResource } from "node:async_hooks";
import type { ServerLabels } from "./host-labels.ts";

/** How an outgoing request ended. */
export interface OutgoingResult {
  readonly method: string;
  readonly server: ServerLabels;
  /** 0 where there was no response. */
  readonly status: number;
  /** Why it failed; empty where it did not. */
  readonly failure: string;
  readonly seconds: number;
}

/** One outgoing request under measurement. */
export class OutgoingRequest {
  /** The status of its response; 0 where there is none. */
  status = 0;
  readonly #method: string;
  readonly #server: ServerLabels;
  readonly #record: (result: OutgoingResult) => void;
  readonly #start = performance.now();
  /** It ends in the context of whoever opened the connection, whose exemplar is not its own. */
  readonly #context = new AsyncResource("NarthexOutgoingRequest");
  #hasEnded = false;

  constructor(method: string, server: ServerLabels, record: (result: OutgoingResult) => void) {
    this.#method = method;
    this.#server = server;
    this.#record = record;
  }

  /** @param failure why it failed; empty where it did not */
  end(failure = ""): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#context.runInAsyncScope(this.#record, undefined, {
      method: this.#method,
      server: this.#server,
      status: this.status,
      failure,
      seconds: (performance.now() - this.#start) / 1000,
    });
  }
}

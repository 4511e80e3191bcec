import type { OutgoingRequest } from "./request.ts";

type Holder = Record<symbol, OutgoingRequest | undefined>;

/** The measurements of requests, kept on these themselves: a `WeakMap` costs a microsecond more. */
export class MeasuredRequests {
  // Not the same for all, as several registries may measure a request.
  readonly #key = Symbol("narthex.outgoing");

  /** Also where it is excluded. */
  has(request: object): boolean {
    return this.#key in request;
  }

  get(request: object): OutgoingRequest | undefined {
    return (request as Holder)[this.#key];
  }

  set(request: object, outgoing: OutgoingRequest | undefined): void {
    (request as Holder)[this.#key] = outgoing;
  }
}

import { AsyncResource } from "node:async_hooks";
import type { GaugeSeries } from "../../instruments/gauge.ts";
import { nanosecondsBetween } from "../../instruments/timer.ts";
import type { ServerLabels } from "./labels.ts";

/** One outgoing request under measurement. */
export class OutgoingRequest {
  readonly method: string;
  readonly server: ServerLabels;
  /** The gauge that counts it until it ends. */
  readonly inFlight: GaugeSeries | undefined;
  /** The status of its response; 0 without one. */
  status = 0;
  /** Why it failed; empty if it did not. */
  failure = "";
  /** How long it took; 0 before its end. */
  nanoseconds = 0;
  readonly #record: (request: OutgoingRequest) => void;
  readonly #start = performance.now();
  /**
   * The async context of the sender. A request ends in the context in which its connection was opened,
   * where the exemplar would be that of another trace.
   */
  readonly #context = new AsyncResource("NarthexOutgoingRequest");
  #hasEnded = false;

  constructor(
    { method, server }: Pick<OutgoingRequest, "method" | "server">,
    inFlight: GaugeSeries | undefined,
    record: (request: OutgoingRequest) => void,
  ) {
    this.method = method;
    this.server = server;
    this.inFlight = inFlight;
    this.#record = record;
  }

  end(failure = ""): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.failure = failure;
    this.nanoseconds = nanosecondsBetween(this.#start, performance.now());
    this.#context.runInAsyncScope(this.#record, undefined, this);
  }

  /** Ends the measurement without recording it, because there was no request. */
  withdraw(): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.inFlight?.dec();
  }
}

type Holder = Record<symbol, OutgoingRequest | undefined>;

/** Stores measurements on the requests themselves, because a `WeakMap` costs a microsecond more. */
export class MeasuredRequests {
  // A symbol for each instance, as several registries may measure one request.
  readonly #key = Symbol("narthex.outgoing");

  /** Whether the request was seen before; also true where it is excluded. */
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

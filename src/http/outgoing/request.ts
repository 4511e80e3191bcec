import { AsyncResource } from "node:async_hooks";
import type { GaugeSeries } from "../../instruments/gauge.ts";
import type { ServerLabels } from "./host-labels.ts";

/** One outgoing request under measurement. */
export class OutgoingRequest {
  readonly method: string;
  readonly server: ServerLabels;
  /** Where it counts as one that has not ended. */
  readonly inFlight: GaugeSeries | undefined;
  /** The status of its response; 0 where there is none. */
  status = 0;
  /** Why it failed; empty where it did not. */
  failure = "";
  /** How long it took; 0 before its end. */
  seconds = 0;
  readonly #record: (request: OutgoingRequest) => void;
  readonly #start = performance.now();
  /** It ends in the context of whoever opened the connection, whose exemplar is not its own. */
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
    this.seconds = (performance.now() - this.#start) / 1000;
    this.#context.runInAsyncScope(this.#record, undefined, this);
  }
}

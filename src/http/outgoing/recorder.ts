import type { Registry } from "../../registry/registry.ts";
import { OUTGOING_CONVENTIONS, type OutgoingConventions } from "./conventions.ts";
import { OutgoingFamilies } from "./families.ts";
import { HostLabels, serverOf } from "./host-labels.ts";
import type { LabelFacts } from "./labels.ts";
import type { OutgoingRequestFacts } from "./options.ts";
import { OutgoingRequest } from "./request.ts";
import type { OutgoingSettings } from "./settings.ts";

/** Requests with other methods share one label value. */
const METHODS = new Set([
  "GET",
  "HEAD",
  "POST",
  "PUT",
  "PATCH",
  "DELETE",
  "OPTIONS",
  "QUERY",
  "TRACE",
  "CONNECT",
]);

/** Records outgoing requests in the metrics of one registry, whatever client sends them. */
export class OutgoingRecorder {
  readonly #conventions: OutgoingConventions;
  readonly #families: OutgoingFamilies;
  readonly #hosts: HostLabels;
  readonly #isExcluded: (request: OutgoingRequestFacts) => boolean;

  constructor(
    registry: Registry,
    { conventions, limit, metrics }: OutgoingSettings,
    isExcluded: (request: OutgoingRequestFacts) => boolean,
  ) {
    this.#conventions = OUTGOING_CONVENTIONS[conventions];
    this.#families = new OutgoingFamilies(registry, this.#conventions, metrics);
    this.#hosts = new HostLabels(limit);
    this.#isExcluded = isExcluded;
  }

  /**
   * Begins to measure a request; undefined where it is excluded.
   *
   * @param origin scheme, host and port, as a URL
   */
  begin(method: string, origin: string, path: string): OutgoingRequest | undefined {
    const server = serverOf(origin);
    if (this.#isExcluded({ method, host: server.host, path })) return undefined;
    const facts: LabelFacts = {
      method: METHODS.has(method) ? method : this.#conventions.otherMethod,
      server: this.#hosts.bound(server),
      status: "",
      error: "",
    };
    const inFlight = this.#families.inFlight?.(facts);
    inFlight?.inc();
    return new OutgoingRequest(facts, inFlight, this.#record);
  }

  /** Takes the metrics out of the registry. */
  stop(): void {
    this.#families.remove();
  }

  readonly #record = (request: OutgoingRequest): void => {
    const { method, server, status, failure, seconds } = request;
    const { noStatus, statusIsError } = this.#conventions;
    const facts: LabelFacts = {
      method,
      server,
      status: status === 0 ? noStatus : String(status),
      error: failure === "" && statusIsError && status >= 400 ? String(status) : failure,
    };
    request.inFlight?.dec();
    this.#families.duration?.(facts).observe(seconds);
    if (failure !== "") this.#families.errors?.(facts).inc();
  };
}

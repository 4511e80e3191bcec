import type { Counter } from "../../instruments/counter.ts";
import type { Gauge } from "../../instruments/gauge.ts";
import type { Histogram } from "../../instruments/histogram/histogram.ts";
import { recordDuration } from "../../instruments/timer.ts";
import {
  counter,
  DURATION_BUCKETS,
  gauge,
  histogram,
  type LabelledBy,
  type MakesFamilies,
  seriesIn,
} from "../record/families.ts";
import { BoundedValues, KNOWN_METHODS } from "../record/label-values.ts";
import { choose, labelSources } from "../record/metric-choice.ts";
import { OUTGOING_CONVENTIONS, type OutgoingConventions } from "./conventions.ts";
import {
  OTHER_SERVER,
  OUTGOING_LABELS,
  type OutgoingFacts,
  type OutgoingLabel,
  serverOf,
} from "./labels.ts";
import type { OutgoingRequestFacts, OutgoingSettings } from "./options.ts";
import { OutgoingRequest } from "./request.ts";

/** More methods than those of servers, because it is the program that chooses them. */
const METHODS = new Set([...KNOWN_METHODS, "TRACE", "CONNECT"]);

const AT_START: readonly OutgoingLabel[] = [
  "method",
  "host",
  "server_address",
  "server_port",
  "scheme",
];

/** Records outgoing requests in the metrics of one registry, whichever client sends them. */
export class OutgoingRecorder {
  readonly #conventions: OutgoingConventions;
  readonly #duration: LabelledBy<Histogram<string>, OutgoingFacts> | undefined;
  readonly #errors: LabelledBy<Counter<string>, OutgoingFacts> | undefined;
  readonly #inFlight: LabelledBy<Gauge<string>, OutgoingFacts> | undefined;
  readonly #hosts: BoundedValues;
  readonly #isExcluded: (request: OutgoingRequestFacts) => boolean;

  constructor(
    families: MakesFamilies,
    { conventions, limit, metrics }: OutgoingSettings,
    isExcluded: (request: OutgoingRequestFacts) => boolean,
  ) {
    this.#conventions = OUTGOING_CONVENTIONS[conventions];
    const { metrics: defaults, labelNames } = this.#conventions;
    const { duration, errors, inFlight } = choose({
      where: "measureOutgoing",
      defaults,
      options: metrics,
      sources: labelSources(OUTGOING_LABELS, labelNames),
      atStart: AT_START,
    });
    this.#duration = histogram(families, duration, DURATION_BUCKETS);
    this.#errors = counter(families, errors);
    this.#inFlight = gauge(families, inFlight);
    this.#hosts = new BoundedValues(limit);
    this.#isExcluded = isExcluded;
  }

  /**
   * Begins to measure a request.
   *
   * @param origin scheme, host and port, as a URL
   * @returns undefined where the request is excluded
   */
  begin(method: string, origin: string, path: string): OutgoingRequest | undefined {
    const server = serverOf(origin);
    if (this.#isExcluded({ method, host: server.host, path })) return undefined;
    const hasOwnName = server === OTHER_SERVER || this.#hosts.admits(server.host);
    const facts: OutgoingFacts = {
      method: METHODS.has(method) ? method : this.#conventions.otherMethod,
      server: hasOwnName ? server : OTHER_SERVER,
      status: "",
      error: "",
    };
    const inFlight = this.#inFlight && seriesIn(this.#inFlight, facts);
    inFlight?.inc();
    return new OutgoingRequest(facts, inFlight, this.#record);
  }

  readonly #record = (request: OutgoingRequest): void => {
    const { method, server, status, failure, nanoseconds } = request;
    const { noStatus, statusIsError } = this.#conventions;
    const facts: OutgoingFacts = {
      method,
      server,
      status: status === 0 ? noStatus : String(status),
      error: failure === "" && statusIsError && status >= 400 ? String(status) : failure,
    };
    request.inFlight?.dec();
    if (this.#duration) recordDuration(seriesIn(this.#duration, facts), nanoseconds);
    if (failure !== "" && this.#errors !== undefined) seriesIn(this.#errors, facts).inc();
  };
}

import { processWide } from "../process-wide.ts";

/** A request that has ended, as it is counted. */
export interface EndedRequest {
  readonly method: string;
  /** The template of the route, never a path. */
  readonly route: string;
  readonly status: number;
  readonly outcome: string;
  /** How long it took, or the headers of a stream. */
  readonly seconds: number;
}

/** What the live page hears of the requests of a registry. Objects stand for requests that run. */
export interface RequestObserver {
  begin(request: object): void;
  /** The request is not to be counted. */
  withdraw(request: object): void;
  /** @param traceId finds the id of its trace, which is asked for where the request is listed */
  end(request: object | undefined, ended: EndedRequest, traceId: () => string | undefined): void;
}

/** What HTTP metrics are called, as they are on a page for scrapers. */
export interface RequestNames {
  readonly requests: string | undefined;
  readonly duration: string | undefined;
  readonly inFlight: string | undefined;
  /** The label of the status. */
  readonly status: string | undefined;
  /** Whether the duration has native buckets alone. */
  readonly isNative: boolean;
}

/** Where the recorder of a registry and its live page meet, whichever comes first. */
export interface Observed {
  /** Undefined while there is no live page. */
  observer: (RequestObserver & { readonly stop: () => void }) | undefined;
  names: RequestNames | undefined;
}

const OBSERVED = processWide("live.observed", () => new WeakMap<object, Observed>());

/** What is observed of a registry's requests, for all copies of this package. */
export function observedOf(registry: object): Observed {
  let observed = OBSERVED.get(registry);
  if (observed === undefined) {
    observed = { observer: undefined, names: undefined };
    OBSERVED.set(registry, observed);
  }
  return observed;
}

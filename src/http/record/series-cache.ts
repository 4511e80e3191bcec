import type { MeasuredRequest } from "../request/measured-request.ts";
import type { Outcome } from "../request/outcome.ts";
import { METHOD_PLACES, methodPlace } from "./known-methods.ts";
import type { RequestSeries } from "./request-series.ts";

const OUTCOME_PLACES: { readonly [Name in Outcome]: number } = {
  ok: 0,
  client_error: 1,
  server_error: 2,
  aborted: 3,
  aborted_response: 4,
  failed_response: 5,
  upgraded: 6,
  rejected: 7,
};

/** Routes are few; where they are not, what is held must not grow with them. */
const MAX_ROUTES = 2000;

/** Finds the series of a request by all that the standard labels are computed from. */
export class SeriesCache {
  private readonly byRoute = new Map<string, Map<number, RequestSeries>>();
  private readonly tellsProtocols: boolean;

  /** @param tellsProtocols whether any label is computed from scheme or protocol */
  constructor(tellsProtocols: boolean) {
    this.tellsProtocols = tellsProtocols;
  }

  find(route: string, request: MeasuredRequest): RequestSeries | undefined {
    const series = this.byRoute.get(route)?.get(this.keyOf(request));
    return series?.isGone ? undefined : series;
  }

  keep(route: string, request: MeasuredRequest, series: RequestSeries): void {
    let byKey = this.byRoute.get(route);
    if (byKey === undefined) {
      if (this.byRoute.size >= MAX_ROUTES) this.byRoute.clear();
      byKey = new Map();
      this.byRoute.set(route, byKey);
    }
    byKey.set(this.keyOf(request), series);
  }

  /** A number that is another one wherever a standard label differs, apart from the route. */
  private keyOf(request: MeasuredRequest): number {
    const { method, status, outcome } = request;
    const key = (status * METHOD_PLACES + methodPlace(method)) * 8 + OUTCOME_PLACES[outcome];
    return this.tellsProtocols ? key * 6 + protocolPlace(request) : key;
  }
}

function protocolPlace({ scheme, protocolVersion }: MeasuredRequest): number {
  const version = protocolVersion === "1.1" ? 0 : protocolVersion === "2" ? 1 : 2;
  return version * 2 + (scheme === "https" ? 1 : 0);
}

import type { CounterSeries } from "../../instruments/counter.ts";
import type { HeldSeries } from "../../instruments/held-series.ts";
import type { HistogramSeries } from "../../instruments/histogram/histogram.ts";
import type { MeasuredRequest } from "../request/measured-request.ts";
import type { Outcome } from "../request/outcome.ts";
import { type HttpFamilies, seriesIn } from "./families.ts";
import { METHOD_PLACES, methodPlace } from "./label-values.ts";
import type { LabelFacts } from "./labels.ts";

/** The held series of all requests that have the same labels. */
export class RequestSeries {
  readonly requests: CounterSeries | undefined;
  readonly duration: HistogramSeries | undefined;
  readonly requestSize: HistogramSeries | undefined;
  readonly responseSize: HistogramSeries | undefined;
  private readonly families: HttpFamilies;
  private readonly facts: LabelFacts;
  private headerTimes: HistogramSeries | undefined = undefined;

  constructor(families: HttpFamilies, facts: LabelFacts) {
    const { requests, duration, requestSize, responseSize } = families;
    this.requests = requests && seriesIn(requests, facts);
    this.duration = duration && seriesIn(duration, facts);
    this.requestSize = requestSize && seriesIn(requestSize, facts);
    this.responseSize = responseSize && seriesIn(responseSize, facts);
    this.families = families;
    this.facts = facts;
  }

  /** Created when it is first needed, because a request whose headers were never sent has none. */
  get timeToHeaders(): HistogramSeries | undefined {
    const { timeToHeaders } = this.families;
    if (timeToHeaders === undefined) return undefined;
    this.headerTimes ??= seriesIn(timeToHeaders, this.facts);
    return this.headerTimes;
  }

  /** Whether one of the series was removed, so that its updates would be lost. */
  get isGone(): boolean {
    return (
      isGone(this.requests) ||
      isGone(this.duration) ||
      isGone(this.requestSize) ||
      isGone(this.responseSize) ||
      isGone(this.headerTimes)
    );
  }
}

function isGone(series: object | undefined): boolean {
  return series !== undefined && (series as HeldSeries).isGone;
}

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

/** Routes are few. If an option computes many, the cache must not grow with them. */
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

  /** A number for all standard labels but the route: it differs where any of them does. */
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

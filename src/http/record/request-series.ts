import type { CounterSeries } from "../../instruments/counter.ts";
import type { HeldSeries } from "../../instruments/held-series.ts";
import type { HistogramSeries } from "../../instruments/histogram.ts";
import { type HttpFamilies, seriesOf } from "./families.ts";
import type { LabelFacts } from "./labels.ts";

/** The series of requests that have all labels in common, held: a request then looks nothing up. */
export class RequestSeries {
  readonly requests: CounterSeries | undefined;
  readonly duration: HistogramSeries | undefined;
  readonly requestSize: HistogramSeries | undefined;
  readonly responseSize: HistogramSeries | undefined;
  private readonly families: HttpFamilies;
  private readonly facts: LabelFacts;
  private held: HistogramSeries | undefined = undefined;

  constructor(families: HttpFamilies, facts: LabelFacts) {
    const { requests, duration, requestSize, responseSize } = families;
    this.requests = requests && seriesOf(requests, facts);
    this.duration = duration && seriesOf(duration, facts);
    this.requestSize = requestSize && seriesOf(requestSize, facts);
    this.responseSize = responseSize && seriesOf(responseSize, facts);
    this.families = families;
    this.facts = facts;
  }

  /** Made when it is asked for: a request without headers has none. */
  get timeToHeaders(): HistogramSeries | undefined {
    const { timeToHeaders } = this.families;
    if (timeToHeaders === undefined) return undefined;
    this.held ??= seriesOf(timeToHeaders, this.facts);
    return this.held;
  }

  /** Whether some were removed: a series that is held after that would take updates to nowhere. */
  get isGone(): boolean {
    return (
      isGone(this.requests) ||
      isGone(this.duration) ||
      isGone(this.requestSize) ||
      isGone(this.responseSize) ||
      isGone(this.held)
    );
  }
}

function isGone(series: object | undefined): boolean {
  return series !== undefined && (series as HeldSeries).isGone;
}

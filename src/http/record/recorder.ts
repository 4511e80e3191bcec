import type { UpdateOptions } from "../../instruments/exemplars.ts";
import type { GaugeSeries } from "../../instruments/gauge.ts";
import { nanosecondsBetween, recordDuration } from "../../instruments/timer.ts";
import { type Observed, observedOf } from "../../live/observer.ts";
import { ownOptions } from "../../options.ts";
import { processWide } from "../../process-wide.ts";
import { tellError } from "../../registry/error-listeners.ts";
import type { Registry } from "../../registry/registry.ts";
import { describe, Warnings } from "../../warn.ts";
import type { MeasuringOptions } from "../options.ts";
import type { MeasuredRequest, Recorder } from "../request/measured-request.ts";
import type { StreamKind } from "../request/outcome.ts";
import { type MeasuringSettings, measuringSettings } from "../settings.ts";
import { activeTrace } from "./active-trace.ts";
import { chooseMetrics, requestNames, tellsProtocols } from "./chosen-metrics.ts";
import { CONVENTIONS, type Conventions } from "./conventions.ts";
import { CustomLabels } from "./custom-labels.ts";
import { HttpFamilies, seriesIn } from "./families.ts";
import { methodPlace } from "./label-values.ts";
import type { LabelFacts } from "./labels.ts";
import { RequestSeries, SeriesCache } from "./series-cache.ts";

/** The newest recorder of each registry, for all copies of this package. */
const recorders = processWide("http.recorders", () => new WeakMap<Registry, Recorder>());

/** The newest recorder of a registry, if it has one. */
export function recorderOf(registry: Registry): Recorder | undefined {
  return recorders.get(registry);
}

/**
 * Records requests in the metrics of one registry, whichever framework serves them. It decides what is
 * counted, when, and under which labels.
 */
export class HttpRecorder implements Recorder {
  readonly registry: Registry;
  readonly needsHead: boolean;
  readonly timesHeads: boolean;
  readonly needsSizes: boolean;
  readonly #settings: MeasuringSettings;
  readonly #conventions: Conventions;
  readonly #families: HttpFamilies;
  readonly #customLabels: CustomLabels;
  readonly #cache: SeriesCache;
  /** The only series of requests in flight, if they have no labels; held to save a lookup. */
  readonly #allInFlight: GaugeSeries | undefined;
  /** The live page of the registry, where it has one. */
  readonly #observed: Observed;
  readonly #warnings = new Warnings();

  constructor(given: MeasuringOptions) {
    const options = ownOptions(given);
    const settings = measuringSettings(options);
    const { registry, limit } = settings;
    this.registry = registry;
    this.#settings = settings;
    this.#conventions = CONVENTIONS[settings.conventions];
    this.#customLabels = new CustomLabels(options.labels ?? {}, limit, (error) =>
      tellError(registry, error),
    );
    const chosen = chooseMetrics(this.#conventions, this.#customLabels.names, options);
    const families = new HttpFamilies(registry, chosen);
    this.#families = families;
    this.#cache = new SeriesCache(tellsProtocols(chosen));
    if (chosen.inFlight?.options.labels.length === 0) {
      this.#allInFlight = families.inFlight?.family.labels({});
    }
    this.timesHeads = families.timeToHeaders !== undefined;
    this.needsHead = this.timesHeads || families.streams !== undefined;
    this.needsSizes = families.requestSize !== undefined || families.responseSize !== undefined;
    this.#observed = observedOf(registry);
    this.#observed.names = requestNames(chosen);
    recorders.set(registry, this);
  }

  excludes(request: MeasuredRequest): boolean {
    const { excludes } = this.#settings;
    return (
      excludes !== undefined && this.#safely("the option exclude", excludes, request.view) === true
    );
  }

  begin(request: MeasuredRequest): void {
    this.#inFlight(request, 1);
    this.#observed.observer?.begin(request);
  }

  withdraw(request: MeasuredRequest): void {
    this.#inFlight(request, -1);
    this.#observed.observer?.withdraw(request);
  }

  record(request: MeasuredRequest): void {
    this.#inFlight(request, -1);
    const { streams } = this.#families;
    const kind = streams && request.streamKind(this.#settings.streamAfterMs);
    const route = this.#routeOf(request);
    const series = this.#seriesFor(request, route);
    const trace = this.#traceOption();
    const { start, headAt, endAt = start } = request;
    series.requests?.inc(1, trace);
    const answeredAt = kind === undefined ? endAt : (headAt ?? endAt);
    const nanoseconds = nanosecondsBetween(start, answeredAt);
    if (series.duration) recordDuration(series.duration, nanoseconds, trace);
    if (headAt !== undefined && series.timeToHeaders) {
      recordDuration(series.timeToHeaders, nanosecondsBetween(start, headAt), trace);
    }
    series.requestSize?.observe(request.requestBytes);
    series.responseSize?.observe(request.responseBytes);
    if (kind !== undefined && kind !== "upgrade") this.#recordStream(request, kind, endAt);
    if (this.#observed.observer !== undefined) {
      this.#observe(request, this.#factsOf(request, route, kind, NO_LABELS), nanoseconds / 1e9);
    }
  }

  recordUpgrade(request: MeasuredRequest): void {
    this.#recordStream(request, "upgrade", performance.now());
  }

  recordRejected(status: number): void {
    const facts: LabelFacts = {
      method: this.#conventions.otherMethod,
      scheme: "",
      protocolVersion: "",
      route: this.#conventions.unmatchedRoute,
      status,
      outcome: "rejected",
      kind: undefined,
      customLabels: this.#customLabels.names.map(() => ""),
    };
    const { requests, duration } = this.#families;
    if (requests !== undefined) seriesIn(requests, facts).inc();
    // Zero, because Node did not tell when the request began.
    if (duration !== undefined) seriesIn(duration, facts).observe(0);
    if (this.#observed.observer !== undefined) this.#observe(undefined, facts, 0);
  }

  /** Tells the live page of a request that has ended. */
  #observe(request: MeasuredRequest | undefined, facts: LabelFacts, seconds: number): void {
    const { method, route, status, outcome } = facts;
    const ended = { method, route, status, outcome, seconds };
    this.#observed.observer?.end(request, ended, () => this.#traceId());
  }

  #traceId(): string | undefined {
    const provider = this.registry.exemplarProvider ?? activeTrace;
    return this.#safely("finding the active trace", traceIdBy, provider);
  }

  #recordStream(request: MeasuredRequest, kind: StreamKind, endAt: number): void {
    const { streams } = this.#families;
    if (streams === undefined) return;
    const facts = this.#factsOf(request, this.#routeOf(request), kind);
    recordDuration(seriesIn(streams, facts), nanosecondsBetween(request.start, endAt));
  }

  #inFlight(request: MeasuredRequest, change: number): void {
    const { inFlight } = this.#families;
    if (inFlight === undefined) return;
    if (this.#allInFlight !== undefined) this.#allInFlight.inc(change);
    else {
      const { scheme } = request;
      seriesIn(inFlight, { method: this.#method(request.method), scheme }).inc(change);
    }
  }

  #seriesFor(request: MeasuredRequest, route: string): RequestSeries {
    // Custom labels can have any value, and would have to be computed to find the series.
    const isPlain = this.#customLabels.names.length === 0;
    const known = isPlain ? this.#cache.find(route, request) : undefined;
    if (known !== undefined) return known;
    const series = new RequestSeries(this.#families, this.#factsOf(request, route, undefined));
    if (isPlain) this.#cache.keep(route, request, series);
    return series;
  }

  /** The trace of the request as an exemplar, unless the registry has a provider of exemplars. */
  #traceOption(): UpdateOptions | undefined {
    if (this.registry.exemplarProvider !== undefined) return undefined;
    const exemplar = this.#safely("finding the active trace", activeTrace, undefined);
    return exemplar === undefined ? undefined : { exemplar };
  }

  #factsOf(
    request: MeasuredRequest,
    route: string,
    kind: StreamKind | undefined,
    customLabels = this.#customLabels.read(request),
  ): LabelFacts {
    const { outcome } = request;
    const isAborted = outcome === "aborted" && request.status === 0;
    return {
      method: this.#method(request.method),
      scheme: request.scheme,
      protocolVersion: request.protocolVersion,
      route,
      status: isAborted ? this.#conventions.clientLeftStatus : request.status,
      outcome,
      kind,
      customLabels,
    };
  }

  #method(method: string): string {
    return methodPlace(method) > 0 ? method : this.#conventions.otherMethod;
  }

  #routeOf(request: MeasuredRequest): string {
    const { route: byOption } = this.#settings;
    const own = byOption && this.#safely("the option route", byOption, request.view);
    const route = own ?? this.#safely("finding a route", routeOf, request);
    return typeof route === "string" ? route : this.#conventions.unmatchedRoute;
  }

  /** Runs code of users and frameworks, whose failure must not keep a request from being counted. */
  #safely<Input, Result>(
    what: string,
    compute: (input: Input) => Result,
    input: Input,
  ): Result | undefined {
    try {
      return compute(input);
    } catch (error) {
      tellError(this.registry, error);
      const message = `In the HTTP metrics ${what} failed: ${describe(error)}.`;
      this.#warnings.once(what, message, error);
      return undefined;
    }
  }
}

const NO_LABELS: LabelFacts["customLabels"] = [];

function traceIdBy(provider: () => unknown): string | undefined {
  const { trace_id: id } = (provider() ?? {}) as { readonly trace_id?: unknown };
  return typeof id === "string" ? id : undefined;
}

function routeOf(request: MeasuredRequest): string | undefined {
  return request.route();
}

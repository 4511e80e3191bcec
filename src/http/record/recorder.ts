import { invalidSetting } from "../../errors.ts";
import type { UpdateOptions } from "../../instruments/exemplars.ts";
import type { GaugeSeries } from "../../instruments/gauge.ts";
import { metrics } from "../../registry/metrics.ts";
import type { Registry } from "../../registry/registry.ts";
import { warn } from "../../warn.ts";
import type { MeasuringOptions } from "../options.ts";
import type { MeasuredRequest } from "../request/measured-request.ts";
import { activeTrace } from "./active-trace.ts";
import { chooseMetrics, tellsProtocols } from "./chosen-metrics.ts";
import { CONVENTIONS, type Conventions } from "./conventions.ts";
import { CustomLabels } from "./custom-labels.ts";
import { type Excludes, excluding } from "./exclude.ts";
import { HttpFamilies, seriesOf } from "./families.ts";
import { methodPlace } from "./known-methods.ts";
import type { LabelFacts, StreamKind } from "./labels.ts";
import { RequestSeries } from "./request-series.ts";
import { SeriesCache } from "./series-cache.ts";

const DEFAULT_VALUES_PER_LABEL = 100;
const DEFAULT_STREAM_AFTER_SECONDS = 10;

/** The recorders of the process, for all copies of this package. */
const RECORDERS = Symbol.for("narthex.http.recorders");
const shared = globalThis as { [RECORDERS]?: WeakMap<Registry, HttpRecorder> };

/** The newest recorder of a registry, if it has one. */
export function recorderOf(registry: Registry): HttpRecorder | undefined {
  return shared[RECORDERS]?.get(registry);
}

/**
 * Records requests in the metrics of one registry, whatever framework serves them. It owns the
 * rules: what is counted, when, and under which labels.
 */
export class HttpRecorder {
  readonly registry: Registry;
  /** A list of it alone, for the many requests that nobody else records. */
  readonly alone: readonly [HttpRecorder] = [this];
  /** Whether it must know when the headers of a response are sent. */
  readonly needsHead: boolean;
  /** Whether of every response, and not only of streams. */
  readonly timesHeads: boolean;
  /** Whether it must know how many bytes the bodies have. */
  readonly needsSizes: boolean;
  readonly #conventions: Conventions;
  readonly #families: HttpFamilies;
  readonly #customLabels: CustomLabels;
  readonly #excludes: Excludes | undefined;
  readonly #route: MeasuringOptions["route"];
  readonly #streamAfterMs: number;
  readonly #cache: SeriesCache;
  readonly #allInFlight: GaugeSeries | undefined;
  #hasWarned = false;

  constructor(options: MeasuringOptions) {
    const {
      registry = metrics,
      conventions = "prometheus",
      limit = DEFAULT_VALUES_PER_LABEL,
    } = options;
    const { streamAfterSeconds = DEFAULT_STREAM_AFTER_SECONDS } = options;
    const known = CONVENTIONS[conventions];
    if (known === undefined) {
      throw invalid("conventions", conventions, 'use "prometheus" or "opentelemetry"');
    }
    if (!(Number.isInteger(limit) && limit > 0)) {
      throw invalid("limit", limit, "use a whole number from 1");
    }
    if (!(streamAfterSeconds >= 0)) {
      throw invalid("streamAfterSeconds", streamAfterSeconds, "use a number of seconds from 0");
    }
    if (options.route !== undefined && typeof options.route !== "function") {
      throw invalid("route", options.route, "use a function of the request");
    }
    this.registry = registry;
    this.#conventions = known;
    this.#customLabels = new CustomLabels(options.labels ?? {}, limit);
    this.#excludes = excluding(options.exclude);
    this.#route = options.route;
    this.#streamAfterMs = streamAfterSeconds * 1000;
    const chosen = chooseMetrics(known, this.#customLabels.names, options);
    this.#families = new HttpFamilies(registry, chosen);
    this.#cache = new SeriesCache(tellsProtocols(chosen));
    // Without labels it is one series, which is then one hop away.
    if (chosen.inFlight?.options.labels.length === 0) {
      this.#allInFlight = this.#families.inFlight?.family.labels({});
    }
    this.timesHeads = this.#families.timeToHeaders !== undefined;
    this.needsHead = this.timesHeads || this.#families.streams !== undefined;
    this.needsSizes =
      this.#families.requestSize !== undefined || this.#families.responseSize !== undefined;
    shared[RECORDERS] ??= new WeakMap();
    shared[RECORDERS].set(registry, this);
  }

  excludes(request: MeasuredRequest): boolean {
    return this.#excludes !== undefined && this.#safely(this.#excludes, request.view) === true;
  }

  begin(request: MeasuredRequest): void {
    this.#inFlight(request, 1);
  }

  /** Takes back a `begin`: the request is not to be recorded. */
  withdraw(request: MeasuredRequest): void {
    this.#inFlight(request, -1);
  }

  record(request: MeasuredRequest): void {
    this.#inFlight(request, -1);
    // This runs in Node's own events, where an error would end the process.
    try {
      this.#recordEnd(request);
    } catch (error) {
      this.#warn(error);
    }
  }

  /** An upgraded connection is gone; the request itself was recorded when it was upgraded. */
  recordUpgrade(request: MeasuredRequest): void {
    try {
      this.#recordStream(request, "upgrade", performance.now());
    } catch (error) {
      this.#warn(error);
    }
  }

  /** Node refused a request that no handler saw; the clock never started. */
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
    if (requests !== undefined) seriesOf(requests, facts).inc();
    if (duration !== undefined) seriesOf(duration, facts).observe(0);
  }

  #recordEnd(request: MeasuredRequest): void {
    const { streams } = this.#families;
    const kind = streams === undefined ? undefined : request.streamKind(this.#streamAfterMs);
    const series = this.#seriesOf(request);
    const example = this.#example();
    const { start, headAt, endAt } = request;
    series.requests?.inc(1, example);
    series.duration?.observe(((kind === undefined ? endAt : headAt) - start) / 1000, example);
    if (headAt > 0) series.timeToHeaders?.observe((headAt - start) / 1000, example);
    series.requestSize?.observe(request.requestBytes);
    series.responseSize?.observe(request.responseBytes);
    if (kind !== undefined && kind !== "upgrade") this.#recordStream(request, kind, endAt);
  }

  #recordStream(request: MeasuredRequest, kind: StreamKind, endAt: number): void {
    const { streams } = this.#families;
    if (streams === undefined) return;
    const facts = this.#factsOf(request, this.#routeOf(request), kind);
    seriesOf(streams, facts).observe((endAt - request.start) / 1000);
  }

  #inFlight({ method, scheme, protocolVersion }: MeasuredRequest, change: number): void {
    const { inFlight } = this.#families;
    if (inFlight === undefined) return;
    if (this.#allInFlight !== undefined) {
      this.#allInFlight.inc(change);
      return;
    }
    const facts: LabelFacts = {
      method: this.#method(method),
      scheme,
      protocolVersion,
      route: "",
      status: 0,
      outcome: "ok",
      kind: undefined,
      customLabels: [],
    };
    seriesOf(inFlight, facts).inc(change);
  }

  #seriesOf(request: MeasuredRequest): RequestSeries {
    const route = this.#routeOf(request);
    // Labels of users' own can have any value: there is nothing to find their series by.
    const isPlain = this.#customLabels.names.length === 0;
    const known = isPlain ? this.#cache.find(route, request) : undefined;
    if (known !== undefined) return known;
    const series = new RequestSeries(this.#families, this.#factsOf(request, route, undefined));
    if (isPlain) this.#cache.keep(route, request, series);
    return series;
  }

  /** The trace of the request, unless the registry has exemplars of its own. */
  #example(): UpdateOptions | undefined {
    if (this.registry.exemplarProvider !== undefined) return undefined;
    const exemplar = this.#safely(activeTrace, undefined);
    return exemplar === undefined ? undefined : { exemplar };
  }

  #factsOf(request: MeasuredRequest, route: string, kind: StreamKind | undefined): LabelFacts {
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
      customLabels: this.#customLabels.read(request),
    };
  }

  #method(method: string): string {
    return methodPlace(method) > 0 ? method : this.#conventions.otherMethod;
  }

  #routeOf(request: MeasuredRequest): string {
    const own = this.#route === undefined ? undefined : this.#safely(this.#route, request.view);
    const route = own ?? this.#safely(routeOf, request);
    return typeof route === "string" ? route : this.#conventions.unmatchedRoute;
  }

  /** What users and frameworks compute must not cost a request its count, nor its answer. */
  #safely<Input, Result>(compute: (input: Input) => Result, input: Input): Result | undefined {
    try {
      return compute(input);
    } catch (error) {
      this.#warn(error);
      return undefined;
    }
  }

  #warn(error: unknown): void {
    if (!this.#hasWarned) warn(`An option of the HTTP metrics failed: ${error}.`);
    this.#hasWarned = true;
  }
}

function routeOf(request: MeasuredRequest): string | undefined {
  return request.route();
}

function invalid(option: string, value: unknown, rule: string): Error {
  return invalidSetting("HTTP metrics", option, value, rule);
}

import type { UpdateOptions } from "../instruments/exemplars.ts";
import type { Registry } from "../registry/registry.ts";
import type { ChosenMetric, ChosenMetrics } from "./chosen-metrics.ts";
import type { LabelFacts } from "./standard-labels.ts";

/** Updates a metric's series for a request. */
type Update = (facts: LabelFacts, value: number, options?: UpdateOptions) => void;

/** The buckets of the semantic conventions for HTTP, in seconds. */
const DURATION_BUCKETS = [
  0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10,
];

/** From a tenth of a second to a day. */
const STREAM_BUCKETS = [0.1, 1, 10, 60, 300, 900, 3600, 14_400, 86_400];

/** From 256 bytes to 64 MiB, in steps of four. */
const SIZE_BUCKETS = Array.from({ length: 10 }, (_, step) => 256 * 4 ** step);

/** The metric families of requests: those that are switched on, with the labels that were chosen. */
export class HttpFamilies {
  readonly requests: Update | undefined;
  readonly duration: Update | undefined;
  readonly streams: Update | undefined;
  readonly timeToHeaders: Update | undefined;
  readonly requestSize: Update | undefined;
  readonly responseSize: Update | undefined;
  readonly #inFlight: Update | undefined;

  constructor(registry: Registry, chosen: ChosenMetrics) {
    this.duration = histogram(registry, chosen.duration, DURATION_BUCKETS);
    this.requests = counter(registry, chosen.requests);
    this.#inFlight = gauge(registry, chosen.inFlight);
    this.streams = histogram(registry, chosen.streams, STREAM_BUCKETS);
    this.timeToHeaders = histogram(registry, chosen.timeToHeaders, DURATION_BUCKETS);
    this.requestSize = histogram(registry, chosen.requestSize, SIZE_BUCKETS);
    this.responseSize = histogram(registry, chosen.responseSize, SIZE_BUCKETS);
  }

  begin(facts: LabelFacts): void {
    this.#inFlight?.(facts, 1);
  }

  end(facts: LabelFacts): void {
    this.#inFlight?.(facts, -1);
  }
}

function counter(registry: Registry, chosen: ChosenMetric | undefined): Update | undefined {
  if (chosen === undefined) return undefined;
  const { options, labelsOf } = chosen;
  const family = registry.counter<string>(options);
  return (facts, value, options) => family.inc(labelsOf(facts), value, options);
}

function histogram(
  registry: Registry,
  chosen: ChosenMetric | undefined,
  buckets: readonly number[],
): Update | undefined {
  if (chosen === undefined) return undefined;
  const { options, labelsOf } = chosen;
  const family = registry.histogram<string>({ buckets, ...options });
  return (facts, value, options) => family.observe(labelsOf(facts), value, options);
}

function gauge(registry: Registry, chosen: ChosenMetric | undefined): Update | undefined {
  if (chosen === undefined) return undefined;
  const { options, labelsOf } = chosen;
  if (options.labels.length > 0) {
    const family = registry.gauge<string>(options);
    return (facts, value) => family.inc(labelsOf(facts), value);
  }
  const { labels: _none, ...unlabelled } = options;
  const family = registry.gauge(unlabelled);
  return (_facts, value) => family.inc(value);
}

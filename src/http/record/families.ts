import type { Counter } from "../../instruments/counter.ts";
import type { Labels } from "../../instruments/definition/labels.ts";
import type { Gauge } from "../../instruments/gauge.ts";
import type { Histogram } from "../../instruments/histogram/histogram.ts";
import type { Registry } from "../../registry/registry.ts";
import type { ChosenMetrics } from "./chosen-metrics.ts";
import type { LabelFacts } from "./labels.ts";
import type { ChosenMetric } from "./metric-choice.ts";

/** The buckets of the semantic conventions for HTTP, in seconds. */
export const DURATION_BUCKETS: readonly number[] = [
  0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10,
];

/** From a tenth of a second to a day. */
const STREAM_BUCKETS = [0.1, 1, 10, 60, 300, 900, 3600, 14_400, 86_400];

/** From 256 bytes to 64 MiB, in steps of four. */
const SIZE_BUCKETS = Array.from({ length: 10 }, (_, step) => 256 * 4 ** step);

/** A family with the label sets that were chosen for it. */
export interface LabelledBy<Family, Facts = LabelFacts> {
  readonly family: Family;
  labelsOf(facts: Facts): Labels<string>;
}

/** What is known of a request when it begins. */
type FirstFacts = Pick<LabelFacts, "method" | "scheme">;

type CounterFamily = LabelledBy<Counter<string>> | undefined;
type HistogramFamily = LabelledBy<Histogram<string>> | undefined;
type GaugeFamily = LabelledBy<Gauge<string>, FirstFacts> | undefined;

/** The metric families of requests: those that are switched on. */
export class HttpFamilies {
  readonly requests: CounterFamily;
  readonly duration: HistogramFamily;
  readonly inFlight: GaugeFamily;
  readonly streams: HistogramFamily;
  readonly timeToHeaders: HistogramFamily;
  readonly requestSize: HistogramFamily;
  readonly responseSize: HistogramFamily;

  constructor(registry: MakesFamilies, chosen: ChosenMetrics) {
    this.duration = histogram(registry, chosen.duration, DURATION_BUCKETS);
    this.requests = counter(registry, chosen.requests);
    this.inFlight = gauge(registry, chosen.inFlight);
    this.streams = histogram(registry, chosen.streams, STREAM_BUCKETS);
    this.timeToHeaders = histogram(registry, chosen.timeToHeaders, DURATION_BUCKETS);
    this.requestSize = histogram(registry, chosen.requestSize, SIZE_BUCKETS);
    this.responseSize = histogram(registry, chosen.responseSize, SIZE_BUCKETS);
  }
}

/** A registry, or a group of its families. */
export type MakesFamilies = Pick<Registry, "counter" | "gauge" | "histogram">;

export function counter<Facts>(
  registry: MakesFamilies,
  metric: ChosenMetric<Facts> | undefined,
): LabelledBy<Counter<string>, Facts> | undefined {
  if (metric === undefined) return undefined;
  return { family: registry.counter<string>(metric.options), labelsOf: metric.labelsOf };
}

export function gauge<Facts>(
  registry: MakesFamilies,
  metric: ChosenMetric<Facts> | undefined,
): LabelledBy<Gauge<string>, Facts> | undefined {
  if (metric === undefined) return undefined;
  return { family: registry.gauge<string>(metric.options), labelsOf: metric.labelsOf };
}

/** @param buckets the classic buckets, where the metric's options name none */
export function histogram<Facts>(
  registry: MakesFamilies,
  metric: ChosenMetric<Facts> | undefined,
  buckets: readonly number[],
): LabelledBy<Histogram<string>, Facts> | undefined {
  if (metric === undefined) return undefined;
  const family = registry.histogram<string>({ buckets, ...metric.options });
  return { family, labelsOf: metric.labelsOf };
}

/** The series of a request in a family. */
export function seriesIn<Series, Facts>(
  metric: LabelledBy<{ labels(labels: Labels<string>): Series }, Facts>,
  facts: Facts,
): Series {
  return metric.family.labels(metric.labelsOf(facts));
}

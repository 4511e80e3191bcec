import type { Counter } from "../../instruments/counter.ts";
import type { Labels } from "../../instruments/definition.ts";
import type { Gauge } from "../../instruments/gauge.ts";
import type { Histogram } from "../../instruments/histogram.ts";
import type { Registry } from "../../registry/registry.ts";
import type { ChosenMetric, ChosenMetrics } from "./chosen-metrics.ts";
import { DURATION_BUCKETS } from "./duration-buckets.ts";
import type { LabelFacts } from "./labels.ts";

/** From a tenth of a second to a day. */
const STREAM_BUCKETS = [0.1, 1, 10, 60, 300, 900, 3600, 14_400, 86_400];

/** From 256 bytes to 64 MiB, in steps of four. */
const SIZE_BUCKETS = Array.from({ length: 10 }, (_, step) => 256 * 4 ** step);

/** A family with the label sets that were chosen for it. */
export interface LabelledBy<Family, Facts = LabelFacts> {
  readonly family: Family;
  labelsOf(facts: Facts): ReturnType<ChosenMetric["labelsOf"]>;
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

  constructor(registry: Registry, chosen: ChosenMetrics) {
    const histogram = (metric: ChosenMetric | undefined, buckets: readonly number[]) =>
      metric && {
        family: registry.histogram<string>({ buckets, ...metric.options }),
        labelsOf: metric.labelsOf,
      };
    const { requests, inFlight } = chosen;
    this.duration = histogram(chosen.duration, DURATION_BUCKETS);
    this.requests = requests && {
      family: registry.counter<string>(requests.options),
      labelsOf: requests.labelsOf,
    };
    this.inFlight = inFlight && {
      family: registry.gauge<string>(inFlight.options),
      labelsOf: inFlight.labelsOf,
    };
    this.streams = histogram(chosen.streams, STREAM_BUCKETS);
    this.timeToHeaders = histogram(chosen.timeToHeaders, DURATION_BUCKETS);
    this.requestSize = histogram(chosen.requestSize, SIZE_BUCKETS);
    this.responseSize = histogram(chosen.responseSize, SIZE_BUCKETS);
  }
}

/** The series of a request in a family. */
export function seriesOf<Series, Facts>(
  metric: LabelledBy<{ labels(labels: Labels<string>): Series }, Facts>,
  facts: Facts,
): Series {
  return metric.family.labels(metric.labelsOf(facts));
}

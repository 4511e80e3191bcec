import { invalidSetting } from "../errors.ts";
import type { LabelValue } from "../instruments/definition.ts";
import type { Registry } from "../registry/registry.ts";
import type { Conventions, HttpMetric } from "./conventions.ts";
import type { HttpHistogramOptions, HttpMetricOptions, MeasuringOptions } from "./options.ts";
import {
  type LabelFacts,
  type LabelSource,
  STANDARD_LABELS,
  type StandardLabel,
} from "./standard-labels.ts";

/** Updates a metric's series for a request. */
type Update = (facts: LabelFacts, value: number) => void;

/** The buckets of the semantic conventions for HTTP, in seconds. */
const DURATION_BUCKETS = [
  0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10,
];

/** From a tenth of a second to a day. */
const STREAM_BUCKETS = [0.1, 1, 10, 60, 300, 900, 3600, 14_400, 86_400];

/** From 256 bytes to 64 MiB, in steps of four. */
const SIZE_BUCKETS = Array.from({ length: 10 }, (_, step) => 256 * 4 ** step);

/** All that is known of requests when they begin. */
const LABELS_IN_FLIGHT: readonly string[] = ["method", "scheme"] satisfies StandardLabel[];

/** The metric families of requests: those that are switched on, with the labels that were chosen. */
export class HttpFamilies {
  readonly requests: Update | undefined;
  readonly duration: Update | undefined;
  readonly streams: Update | undefined;
  readonly timeToHeaders: Update | undefined;
  readonly requestSize: Update | undefined;
  readonly responseSize: Update | undefined;
  readonly #inFlight: Update | undefined;
  readonly #registry: Registry;
  readonly #conventions: Conventions;
  readonly #customLabels: readonly string[];
  readonly #options: MeasuringOptions;

  constructor(
    registry: Registry,
    conventions: Conventions,
    customLabels: readonly string[],
    options: MeasuringOptions,
  ) {
    this.#registry = registry;
    this.#conventions = conventions;
    this.#customLabels = customLabels;
    this.#options = options;
    this.duration = this.#histogram("duration", DURATION_BUCKETS);
    this.requests = this.#counter("requests");
    this.#inFlight = this.#gauge("inFlight");
    this.streams = this.#histogram("streams", STREAM_BUCKETS);
    this.timeToHeaders = this.#histogram("timeToHeaders", DURATION_BUCKETS);
    this.requestSize = this.#histogram("requestSize", SIZE_BUCKETS);
    this.responseSize = this.#histogram("responseSize", SIZE_BUCKETS);
  }

  begin(facts: LabelFacts): void {
    this.#inFlight?.(facts, 1);
  }

  end(facts: LabelFacts): void {
    this.#inFlight?.(facts, -1);
  }

  #counter(metric: HttpMetric): Update | undefined {
    const chosen = this.#choose<HttpMetricOptions>(metric);
    if (chosen === undefined) return undefined;
    const counter = this.#registry.counter<string>(chosen.options);
    return (facts, value) => counter.inc(chosen.labelsOf(facts), value);
  }

  #histogram(metric: HttpMetric, buckets: readonly number[]): Update | undefined {
    const chosen = this.#choose<HttpHistogramOptions>(metric);
    if (chosen === undefined) return undefined;
    const histogram = this.#registry.histogram<string>({ buckets, ...chosen.options });
    return (facts, value) => histogram.observe(chosen.labelsOf(facts), value);
  }

  #gauge(metric: HttpMetric): Update | undefined {
    const chosen = this.#choose<HttpMetricOptions>(metric);
    if (chosen === undefined) return undefined;
    if (chosen.options.labels.length > 0) {
      const gauge = this.#registry.gauge<string>(chosen.options);
      return (facts, value) => gauge.inc(chosen.labelsOf(facts), value);
    }
    const { labels: _none, ...options } = chosen.options;
    const gauge = this.#registry.gauge(options);
    return (_facts, value) => gauge.inc(value);
  }

  /** What the options make of a metric; undefined where it is off. */
  #choose<Options extends HttpMetricOptions>(metric: HttpMetric) {
    const standard = this.#conventions.metrics[metric];
    const choice = this.#options.metrics?.[metric] ?? standard.isOn;
    if (choice === false) return undefined;
    const { labels, ...chosen } = (choice === true ? {} : choice) as Options;
    const { isOn: _, ...defaults } = standard;
    const sources = this.#labels(metric, labels ?? this.#defaultLabels(metric));
    return {
      options: { ...defaults, ...chosen, labels: sources.map(({ name }) => name) },
      labelsOf: (facts: LabelFacts) => labelSet(sources, facts),
    };
  }

  #defaultLabels(metric: HttpMetric): readonly string[] {
    const { labels } = this.#conventions.metrics[metric];
    return metric === "inFlight" ? labels : [...labels, ...this.#customLabels];
  }

  #labels(metric: HttpMetric, labels: readonly string[]): readonly NamedSource[] {
    return labels.map((label) => {
      const place = this.#customLabels.indexOf(label);
      const source =
        place < 0 ? standardSource(label) : ({ customLabels }: LabelFacts) => customLabels[place]!;
      const isKnown = metric !== "inFlight" || LABELS_IN_FLIGHT.includes(label);
      if (source === undefined || !isKnown) throw unknownLabel(metric, label);
      return { name: this.#nameOf(label), source };
    });
  }

  #nameOf(label: string): string {
    const standard = label as StandardLabel;
    return this.#options.labelNames?.[standard] ?? this.#conventions.labelNames[standard] ?? label;
  }
}

interface NamedSource {
  readonly name: string;
  readonly source: LabelSource;
}

function standardSource(label: string): LabelSource | undefined {
  return Object.hasOwn(STANDARD_LABELS, label)
    ? STANDARD_LABELS[label as StandardLabel]
    : undefined;
}

function labelSet(sources: readonly NamedSource[], facts: LabelFacts): Record<string, LabelValue> {
  const labels: Record<string, LabelValue> = {};
  for (const { name, source } of sources) labels[name] = source(facts);
  return labels;
}

function unknownLabel(metric: HttpMetric, label: string): Error {
  const rule =
    metric === "inFlight"
      ? `use ${LABELS_IN_FLIGHT.join(" and ")}, as no more is known of a request when it begins`
      : `use ${Object.keys(STANDARD_LABELS).join(", ")}, or a label of your own from the option labels`;
  return invalidSetting("HTTP metrics", `metrics.${metric}.labels`, label, rule);
}

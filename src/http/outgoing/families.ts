import { invalidSetting } from "../../errors.ts";
import type { CounterSeries } from "../../instruments/counter.ts";
import type { GaugeSeries } from "../../instruments/gauge.ts";
import type { HistogramSeries } from "../../instruments/histogram.ts";
import type { Registry } from "../../registry/registry.ts";
import { DURATION_BUCKETS } from "../record/duration-buckets.ts";
import { labelSet } from "../record/label-set.ts";
import type { OutgoingConventions, OutgoingMetric } from "./conventions.ts";
import { type LabelFacts, OUTGOING_LABELS, type OutgoingLabel } from "./labels.ts";
import type {
  OutgoingHistogramOptions,
  OutgoingMetricOptions,
  OutgoingMetricsChoice,
} from "./options.ts";

/** Finds a metric's series for a request. */
type Find<Series> = (facts: LabelFacts) => Series;

/** The metric families of outgoing requests: those that are switched on, with their labels. */
export class OutgoingFamilies {
  readonly duration: Find<HistogramSeries> | undefined;
  readonly errors: Find<CounterSeries> | undefined;
  readonly inFlight: Find<GaugeSeries> | undefined;
  readonly #registry: Registry;
  readonly #conventions: OutgoingConventions;
  readonly #choice: OutgoingMetricsChoice;
  readonly #names: string[] = [];

  constructor(registry: Registry, conventions: OutgoingConventions, choice: OutgoingMetricsChoice) {
    this.#registry = registry;
    this.#conventions = conventions;
    this.#choice = choice;
    try {
      this.duration = this.#histogram("duration");
      this.errors = this.#counter("errors");
      this.inFlight = this.#gauge("inFlight");
    } catch (error) {
      this.remove();
      throw error;
    }
  }

  /** Takes all of them out of the registry. */
  remove(): void {
    for (const name of this.#names.splice(0)) this.#registry.unregister(name);
  }

  #histogram(metric: OutgoingMetric): Find<HistogramSeries> | undefined {
    const chosen = this.#choose<OutgoingHistogramOptions>(metric);
    if (chosen === undefined) return undefined;
    const { options, labelsOf } = chosen;
    const histogram = this.#registry.histogram<string>({ buckets: DURATION_BUCKETS, ...options });
    this.#names.push(options.name);
    return (facts) => histogram.labels(labelsOf(facts));
  }

  #counter(metric: OutgoingMetric): Find<CounterSeries> | undefined {
    const chosen = this.#choose<OutgoingMetricOptions>(metric);
    if (chosen === undefined) return undefined;
    const { options, labelsOf } = chosen;
    const counter = this.#registry.counter<string>(options);
    this.#names.push(options.name);
    return (facts) => counter.labels(labelsOf(facts));
  }

  #gauge(metric: OutgoingMetric): Find<GaugeSeries> | undefined {
    const chosen = this.#choose<OutgoingMetricOptions>(metric);
    if (chosen === undefined) return undefined;
    const { options, labelsOf } = chosen;
    const gauge = this.#registry.gauge<string>(options);
    this.#names.push(options.name);
    return (facts) => gauge.labels(labelsOf(facts));
  }

  /** What the options make of a metric; undefined where it is off. */
  #choose<Options extends OutgoingMetricOptions>(metric: OutgoingMetric) {
    const { isOn, ...defaults } = this.#conventions.metrics[metric];
    const choice = this.#choice[metric] ?? isOn;
    if (choice === false) return undefined;
    const chosen = { ...defaults, ...(choice === true ? undefined : (choice as Options)) };
    const { labelNames } = this.#conventions;
    const sources = chosen.labels.map((label) => {
      checkLabel(metric, label);
      return { name: labelNames[label], source: OUTGOING_LABELS[label] };
    });
    return {
      options: { ...chosen, labels: sources.map(({ name }) => name) },
      labelsOf: (facts: LabelFacts) => labelSet(sources, facts),
    };
  }
}

const KNOWN_AT_THE_END: readonly string[] = ["status_code", "error"] satisfies OutgoingLabel[];

function checkLabel(metric: OutgoingMetric, label: string): void {
  const known = Object.keys(OUTGOING_LABELS).filter(
    (name) => metric !== "inFlight" || !KNOWN_AT_THE_END.includes(name),
  );
  if (known.includes(label)) return;
  const rule = `use ${known.join(", ")}`;
  throw invalidSetting("measureOutgoing", `metrics.${metric}.labels`, label, rule);
}

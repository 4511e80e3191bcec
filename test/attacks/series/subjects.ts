import type {
  CounterSeries,
  GaugeSeries,
  HistogramSeries,
  Registry,
  SummarySeries,
} from "../../../src/index.ts";
import type { LabelSet } from "./label-sets.ts";

/** A family in which each update adds one to what its page shows. */
export interface Subject {
  update(labels: LabelSet): void;
  /** The series to hold: asked for twice, the same one. */
  hold(labels: LabelSet): object;
  updateHeld(series: object): void;
  remove(labels: LabelSet): boolean;
  clear(): void;
}

export interface Options {
  readonly name: string;
  readonly help: string;
  readonly labels: readonly ["a", "b"];
  readonly limit: number;
  readonly expireAfterSeconds?: number;
}

function incremented(
  metric: ReturnType<typeof counterOf> | ReturnType<typeof gaugeOf>,
): Omit<Subject, "remove" | "clear"> {
  return {
    update: (labels) => metric.inc(labels),
    hold: (labels) => metric.labels(labels),
    updateHeld: (series) => (series as CounterSeries | GaugeSeries).inc(),
  };
}

function observed(
  metric: ReturnType<typeof histogramOf> | ReturnType<typeof summaryOf>,
): Omit<Subject, "remove" | "clear"> {
  return {
    update: (labels) => metric.observe(labels, 2),
    hold: (labels) => metric.labels(labels),
    updateHeld: (series) => (series as HistogramSeries | SummarySeries).observe(2),
  };
}

const counterOf = (registry: Registry, options: Options) => registry.counter(options);
const gaugeOf = (registry: Registry, options: Options) => registry.gauge(options);
const summaryOf = (registry: Registry, options: Options) => registry.summary(options);
/** With so many buckets that a scrape pauses every few series. */
const histogramOf = (registry: Registry, options: Options) =>
  registry.histogram({ ...options, buckets: Array.from({ length: 170 }, (_, i) => i) });
const nativeOf = (registry: Registry, options: Options) =>
  registry.histogram({ ...options, buckets: [], native: true });

export const TYPES: Readonly<Record<string, (registry: Registry, options: Options) => Subject>> = {
  counter: (registry, options) => subject(counterOf(registry, options), incremented),
  gauge: (registry, options) => subject(gaugeOf(registry, options), incremented),
  histogram: (registry, options) => subject(histogramOf(registry, options), observed),
  native: (registry, options) => subject(nativeOf(registry, options), observed),
  summary: (registry, options) => subject(summaryOf(registry, options), observed),
};

function subject<M extends Pick<Subject, "remove" | "clear">>(
  metric: M,
  updates: (metric: M) => Omit<Subject, "remove" | "clear">,
): Subject {
  return {
    ...updates(metric),
    remove: (labels) => metric.remove(labels),
    clear: () => metric.clear(),
  };
}

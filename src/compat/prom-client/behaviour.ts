import {
  type AggregatorFactory,
  type AggregatorFunction,
  aggregatorsOf,
  bySampleName,
  bySeries,
} from "./registry/aggregators.ts";

/** What a metric needs of a registry that shows it. */
export interface Registrar {
  readonly contentType: string;
  /** Whether pages have prom-client's text, mistakes included. */
  readonly exactText?: boolean;
  registerMetric(metric: object): void;
}

/** Where prom-client 15.1.3 and its successor, @prometheus-io/client 0.16.1, differ. */
export interface Behaviour {
  /** The error for a metric name. */
  metricNameError(name: string): Error;
  /** The error for label names. */
  labelNameError(invalid: readonly string[]): Error;
  /** Whether the error for an unknown label lists the metric's in alphabetical order. */
  readonly listsSortedLabels: boolean;
  /** Whether counters and histograms check the value of an update before its labels. */
  readonly checksValueFirst: boolean;
  /** Whether `gauge.inc(null)` adds 1. */
  readonly nullIsOne: boolean;
  /** Whether the exemplar of a counter has its total, and not what was added. */
  readonly exemplarsHaveTotals: boolean;
  /** Whether default labels leave alone all values but null and undefined; otherwise also 0 and "" give way in JSON. */
  readonly keepsFalsyLabels: boolean;
  readonly aggregatorFactory: AggregatorFactory;
  /** The aggregators by their names; users may add their own. */
  readonly aggregators: Record<string, AggregatorFunction>;
  /** The aggregator of metrics that name none. */
  readonly defaultAggregator: string | undefined;
  /** The registry of metrics that name none. */
  globalRegistry: Registrar;
}

/** Until the entry that is imported makes it. */
const UNSET = undefined as unknown as Registrar;

export const PROM_CLIENT_15: Behaviour = {
  metricNameError: () => new Error("Invalid metric name"),
  labelNameError: () => new Error("Invalid label name"),
  listsSortedLabels: false,
  checksValueFirst: false,
  nullIsOne: false,
  exemplarsHaveTotals: false,
  keepsFalsyLabels: false,
  aggregatorFactory: bySeries,
  aggregators: aggregatorsOf(bySeries),
  defaultAggregator: undefined,
  globalRegistry: UNSET,
};

export const CLIENT_0_16: Behaviour = {
  metricNameError: (name) => new Error(`Invalid metric name: ${name}`),
  labelNameError: (invalid) =>
    new Error(`At least one label name is invalid: ${invalid.join(",")}`),
  listsSortedLabels: true,
  checksValueFirst: true,
  nullIsOne: true,
  exemplarsHaveTotals: true,
  keepsFalsyLabels: true,
  aggregatorFactory: bySampleName,
  aggregators: aggregatorsOf(bySampleName),
  defaultAggregator: "sum",
  globalRegistry: UNSET,
};

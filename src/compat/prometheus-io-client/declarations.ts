import type * as Before from "../prom-client/declarations.ts";
import * as classes from "./classes.ts";

// What @prometheus-io/client 0.16.1 declares otherwise than prom-client: a metric has no labels unless it
// names them, and a registry any format.

export type {
  Aggregator,
  AggregatorFactory,
  AggregatorFunction,
  AnyRegistry,
  Charset,
  CollectFunction,
  Collector,
  CounterConfiguration,
  GaugeConfiguration,
  HistogramConfiguration,
  IncreaseDataWithExemplar,
  LabelValues,
  MetricConfiguration,
  MetricObject,
  MetricObjectWithValues,
  MetricValue,
  MetricValueWithName,
  ObserveDataWithExemplar,
  OpenMetricsContentType,
  OpenMetricsMIME,
  OpenMetricsVersion,
  PrometheusContentType,
  PrometheusMetricsVersion,
  PrometheusMIME,
  RegistryContentType,
  RegistryOptions,
  SummaryConfiguration,
} from "../prom-client/declarations.ts";
export { MetricType } from "../prom-client/declarations.ts";

/** Metrics, and the pages made of them; in whatever format, as the type says nothing of it. */
export interface Registry<_T extends Before.RegistryContentType = Before.RegistryContentType>
  extends Before.Registry<Before.RegistryContentType> {}

/** What all classes of registries have. */
interface Statics {
  /** A registry with the metrics of several. */
  merge(registers: Registry[]): Registry;
  /** A registry of what `getMetricsAsJSON` gave in several processes. */
  aggregate<T extends Before.RegistryContentType>(metricsArr: object[]): Registry<T>;
  PROMETHEUS_CONTENT_TYPE: Before.PrometheusContentType;
  OPENMETRICS_CONTENT_TYPE: Before.OpenMetricsContentType;
  /** The registry `register`. */
  globalRegistry: Registry;
}

export interface RegistryStatic extends Statics {
  readonly prototype: Registry;
  new <T extends Before.RegistryContentType = Before.RegistryContentType>(
    contentType?: Before.RegistryContentType,
    options?: Before.RegistryOptions,
  ): Registry<T>;
}

export const Registry = classes.Registry as unknown as RegistryStatic;

/** Adds up what this process and the workers of its cluster have. */
export interface ClusterRegistry<T extends Before.RegistryContentType>
  extends Registry<T>,
    Pick<Before.ClusterRegistry<T>, "clusterMetrics" | "shutdown"> {}

export interface ClusterRegistryStatic extends Statics {
  readonly prototype: ClusterRegistry<Before.RegistryContentType>;
  new <T extends Before.RegistryContentType>(
    contentType?: Before.RegistryContentType,
    options?: Before.RegistryOptions,
  ): ClusterRegistry<T>;
  /** Sets which registries of this process others get; by default `register`. */
  setRegistries(regs: Before.AnyRegistry[] | Before.AnyRegistry): void;
}

export const ClusterRegistry = classes.ClusterRegistry as unknown as ClusterRegistryStatic;

/** @deprecated The name of `ClusterRegistry` in prom-client. */
export type AggregatorRegistry<T extends Before.RegistryContentType> = ClusterRegistry<T>;

/**
 * @alias
 * @deprecated The name of `ClusterRegistry` in prom-client.
 */
export const AggregatorRegistry = ClusterRegistry;

/** Adds up what worker threads have. */
export interface WorkerRegistry<T extends Before.RegistryContentType>
  extends Registry<T>,
    Pick<Before.WorkerRegistry<T>, "workerMetrics" | "shutdown"> {}

export interface WorkerRegistryStatic extends Statics {
  readonly prototype: WorkerRegistry<Before.RegistryContentType>;
  /** @param primary whether it asks the others; the main thread by default */
  new <T extends Before.RegistryContentType>(
    contentType?: Before.RegistryContentType,
    primary?: boolean,
    options?: Before.RegistryOptions,
  ): WorkerRegistry<T>;
  /** How many threads answer. */
  workerCount(): number;
  /** Sets which registries of this thread others get; by default `register`. */
  setRegistries(regs: Before.AnyRegistry[] | Before.AnyRegistry): void;
}

export const WorkerRegistry = classes.WorkerRegistry as unknown as WorkerRegistryStatic;

/** A metric of any type. */
export type Metric<T extends string = never> = Before.Metric<T>;

export interface Counter<T extends string = never> extends Before.Counter<T> {}

export interface CounterStatic {
  readonly prototype: Counter;
  new <T extends string = never>(configuration: Before.CounterConfiguration<T>): Counter<T>;
}

export const Counter = classes.Counter as unknown as CounterStatic;

export namespace Counter {
  export type Internal = Before.Counter.Internal;
}

export interface Gauge<T extends string = never> extends Before.Gauge<T> {}

export interface GaugeStatic {
  readonly prototype: Gauge;
  new <T extends string = never>(configuration: Before.GaugeConfiguration<T>): Gauge<T>;
}

export const Gauge = classes.Gauge as unknown as GaugeStatic;

export namespace Gauge {
  export type Internal<T extends string> = Before.Gauge.Internal<T>;
}

export interface Histogram<T extends string = never> extends Before.Histogram<T> {}

export interface HistogramStatic {
  readonly prototype: Histogram;
  new <T extends string = never>(configuration: Before.HistogramConfiguration<T>): Histogram<T>;
}

export const Histogram = classes.Histogram as unknown as HistogramStatic;

export namespace Histogram {
  export type Internal<T extends string> = Before.Histogram.Internal<T>;
  export type Config = Before.Histogram.Config;
}

export interface Summary<T extends string = never> extends Before.Summary<T> {}

export interface SummaryStatic {
  readonly prototype: Summary;
  new <T extends string = never>(configuration: Before.SummaryConfiguration<T>): Summary<T>;
}

export const Summary = classes.Summary as unknown as SummaryStatic;

export namespace Summary {
  export type Internal<T extends string> = Before.Summary.Internal<T>;
  export type Config = Before.Summary.Config;
}

export interface Pushgateway<T extends Before.RegistryContentType> extends Before.Pushgateway<T> {}

export interface PushgatewayStatic {
  readonly prototype: Pushgateway<Before.RegistryContentType>;
  new <T extends Before.RegistryContentType>(url: string, registry: Registry<T>): Pushgateway<T>;
  new <T extends Before.RegistryContentType>(
    url: string,
    options?: Pushgateway.Options | null,
    registry?: Registry<T>,
  ): Pushgateway<T>;
}

export const Pushgateway = classes.Pushgateway as unknown as PushgatewayStatic;

export namespace Pushgateway {
  export type Parameters = Before.Pushgateway.Parameters;

  /** Options of the request, as `http.request` takes them. */
  export interface Options {
    /** Whether a push without a job is a mistake; true by default. */
    requireJobName?: boolean;
    [key: string]: unknown;
  }
}

export interface DefaultMetricsCollectorConfiguration<T extends Before.RegistryContentType>
  extends Omit<Before.DefaultMetricsCollectorConfiguration<T>, "register"> {
  register?: Registry<T>;
  eventLoopUtilizationTimeout?: number;
  eventLoopUtilizationBuckets?: number[];
  eventLoopUtilizationPercentiles?: number[];
  eventLoopUtilizationAgeBuckets?: number;
  eventLoopUtilizationMaxAgeSeconds?: number;
}

export interface CollectDefaultMetrics {
  /** Adds metrics of the process and of Node. */
  <T extends Before.RegistryContentType>(config?: DefaultMetricsCollectorConfiguration<T>): void;
  /** What there is to collect. */
  metricsList: string[];
}

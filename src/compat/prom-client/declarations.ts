import type { Registry as NarthexRegistry } from "../../index.ts";
import * as classes from "./classes.ts";

// What prom-client 15.1.3 declares, in one file, because its types name each other. The classes behind them
// are in files of their own.

export type Charset = "utf-8";
export type PrometheusMIME = "text/plain";
export type PrometheusMetricsVersion = "0.0.4";
export type OpenMetricsMIME = "application/openmetrics-text";
export type OpenMetricsVersion = "1.0.0";
export type OpenMetricsContentType =
  `${OpenMetricsMIME}; version=${OpenMetricsVersion}; charset=${Charset}`;
export type PrometheusContentType =
  `${PrometheusMIME}; version=${PrometheusMetricsVersion}; charset=${Charset}`;
/** The formats that `registry.metrics()` can have. */
export type RegistryContentType = PrometheusContentType | OpenMetricsContentType;

/** How a registry writes its pages. */
export interface RegistryOptions {
  /**
   * Whether pages have prom-client's text, mistakes included; by default where the environment has
   * `NARTHEX_PROM_CLIENT_EXACT_TEXT=1`.
   */
  readonly exactText?: boolean;
}

/** Metrics, and the pages made of them. */
export interface Registry<
  BoundRegistryContentType extends RegistryContentType = PrometheusContentType,
> {
  /** The page. If a `collect` fails, so does this. */
  metrics(): Promise<string>;
  /** Removes all metrics and default labels. */
  clear(): void;
  /** Resets all metrics. */
  resetMetrics(): void;
  /** Adds a metric: of this package, or anything with a `name` and a function `get`. */
  registerMetric<T extends string>(metric: Metric<T>): void;
  /**
   * All metrics and their samples.
   * @param aggregator that the metrics must have
   */
  getMetricsAsJSON(aggregator?: string): Promise<MetricObjectWithValues<MetricValue<string>>[]>;
  /**
   * All metrics.
   * @param aggregator that the metrics must have
   */
  getMetricsAsArray(aggregator?: string): MetricObject[];
  /** Removes a metric. */
  removeSingleMetric(name: string): void;
  /** A metric by its name. */
  getSingleMetric<T extends string>(name: string): Metric<T> | undefined;
  /** Sets labels that all series get which have none of these names. */
  setDefaultLabels(labels: object): void;
  /** What the page has of one metric. */
  getSingleMetricAsString(name: string): Promise<string>;
  /** The same of a metric that need not be registered. */
  getMetricsAsString<T extends string>(metric: Metric<T>): Promise<string>;
  /** The format of `metrics()`, for the header `Content-Type`. */
  readonly contentType: BoundRegistryContentType;
  /** Sets the format of `metrics()`. */
  setContentType(contentType: BoundRegistryContentType): void;
  /** Whether pages have prom-client's text, mistakes included; to be set before metrics are made. Not in prom-client. */
  exactText: boolean;
  /**
   * The registry of Narthex that shows the same metrics: `expose()` gives the page in the format that a
   * scraper likes best. Not in prom-client.
   */
  readonly narthex: NarthexRegistry;
}

/** A registry of either format, or of both in turn. */
export type AnyRegistry =
  | Registry<PrometheusContentType>
  | Registry<OpenMetricsContentType>
  | Registry<RegistryContentType>;

export interface RegistryStatic {
  readonly prototype: Registry<RegistryContentType>;
  new <T extends RegistryContentType = PrometheusContentType>(
    contentType?: RegistryContentType,
    options?: RegistryOptions,
  ): Registry<T>;
  /** A registry with the metrics of several. */
  merge(registers: Registry[]): Registry;
  /** A registry of what `getMetricsAsJSON` gave in several processes. */
  aggregate<T extends RegistryContentType>(metricsArr: object[]): Registry<T>;
  PROMETHEUS_CONTENT_TYPE: PrometheusContentType;
  OPENMETRICS_CONTENT_TYPE: OpenMetricsContentType;
  /** The registry `register`. */
  globalRegistry: Registry;
}

export const Registry = classes.Registry as unknown as RegistryStatic;

export type Collector = () => void;

/** Adds up what the workers of a cluster have. */
export interface AggregatorRegistry<T extends RegistryContentType> extends Registry<T> {
  /** The page of all workers. */
  clusterMetrics(): Promise<string>;
}

export interface AggregatorRegistryStatic {
  readonly prototype: AggregatorRegistry<RegistryContentType>;
  new <T extends RegistryContentType>(
    contentType?: RegistryContentType,
    options?: RegistryOptions,
  ): AggregatorRegistry<T>;
  merge(registers: Registry[]): Registry;
  /** A registry of what `getMetricsAsJSON` gave in several processes. */
  aggregate<T extends RegistryContentType>(metricsArr: object[]): Registry<T>;
  /** Sets which registries of this process others get; by default `register`. */
  setRegistries(regs: AnyRegistry[] | AnyRegistry): void;
  PROMETHEUS_CONTENT_TYPE: PrometheusContentType;
  OPENMETRICS_CONTENT_TYPE: OpenMetricsContentType;
}

export const AggregatorRegistry = classes.AggregatorRegistry as unknown as AggregatorRegistryStatic;

/** Adds up what this process and the workers of its cluster have. Only the successor of prom-client has it. */
export interface ClusterRegistry<T extends RegistryContentType> extends Registry<T> {
  /** The page of this process and all workers, those that have shut down included. */
  clusterMetrics(): Promise<string>;
  /**
   * In a worker, hands its counts to the primary process before it exits; the primary waits for its requests.
   * @param timeoutMs how long to wait; 5,000 by default
   */
  shutdown(timeoutMs?: number): Promise<void>;
}

export interface ClusterRegistryStatic extends Omit<AggregatorRegistryStatic, "prototype"> {
  readonly prototype: ClusterRegistry<RegistryContentType>;
  new <T extends RegistryContentType>(
    contentType?: RegistryContentType,
    options?: RegistryOptions,
  ): ClusterRegistry<T>;
}

export const ClusterRegistry = classes.ClusterRegistry as unknown as ClusterRegistryStatic;

/** Adds up what worker threads have. Only the successor of prom-client has it. */
export interface WorkerRegistry<T extends RegistryContentType> extends Registry<T> {
  /** The page of all worker threads, without this thread. */
  workerMetrics(): Promise<string>;
  /**
   * In a worker, hands its counts to the primary thread before it exits; the primary waits for its requests.
   * @param timeoutMs how long to wait; 5,000 by default
   */
  shutdown(timeoutMs?: number): Promise<void>;
}

export interface WorkerRegistryStatic extends Omit<AggregatorRegistryStatic, "prototype"> {
  readonly prototype: WorkerRegistry<RegistryContentType>;
  /** @param primary whether it asks the others; the main thread by default */
  new <T extends RegistryContentType>(
    contentType?: RegistryContentType,
    primary?: boolean,
    options?: RegistryOptions,
  ): WorkerRegistry<T>;
  /** How many threads answer. */
  workerCount(): number;
}

export const WorkerRegistry = classes.WorkerRegistry as unknown as WorkerRegistryStatic;

/** A metric of any type. */
export type Metric<T extends string = string> = Counter<T> | Gauge<T> | Summary<T> | Histogram<T>;

/** How the values of several processes become one. */
export type Aggregator = "omit" | "sum" | "first" | "min" | "max" | "average";

/** The types of metrics. prom-client declares this, and has no value for it at run time. */
export const MetricType = {
  Counter: "counter",
  Gauge: "gauge",
  Histogram: "histogram",
  Summary: "summary",
} as const;
export type MetricType = (typeof MetricType)[keyof typeof MetricType];
export namespace MetricType {
  export type Counter = "counter";
  export type Gauge = "gauge";
  export type Histogram = "histogram";
  export type Summary = "summary";
}

/** Called before the metric is read, with the metric as `this`. */
export type CollectFunction<T> = (this: T) => void | Promise<void>;

export interface MetricObject {
  name: string;
  help: string;
  type: MetricType;
  aggregator: Aggregator;
  // biome-ignore lint/suspicious/noExplicitAny: as prom-client declares it.
  collect: CollectFunction<any>;
}

export interface MetricObjectWithValues<T extends MetricValue<string>> extends MetricObject {
  values: T[];
}

export type MetricValue<T extends string> = {
  value: number;
  labels: LabelValues<T>;
};

export type MetricValueWithName<T extends string> = MetricValue<T> & {
  metricName?: string;
};

/** Label values by the names of the labels; those that are left out are not on the page. */
export type LabelValues<T extends string> = Partial<Record<T, string | number>>;

export interface MetricConfiguration<T extends string> {
  name: string;
  help: string;
  labelNames?: T[] | readonly T[];
  registers?: AnyRegistry[];
  /** How the values of several processes become one: "sum" by default. Names of your own need not be in the type. */
  aggregator?: Aggregator | (string & {});
  // biome-ignore lint/suspicious/noExplicitAny: as prom-client declares it.
  collect?: CollectFunction<any>;
  enableExemplars?: boolean;
  /**
   * How many series the metric may have, 10,000 by default: label sets past that share one series, whose
   * values are `_other`. Not in prom-client, which has no limit.
   */
  limit?: number;
  /** Drops series that were not updated for this many seconds; by default none. Not in prom-client. */
  expireAfterSeconds?: number;
}

export interface CounterConfiguration<T extends string> extends MetricConfiguration<T> {
  collect?: CollectFunction<Counter<T>>;
}

export interface IncreaseDataWithExemplar<T extends string> {
  value?: number;
  labels?: LabelValues<T>;
  exemplarLabels?: LabelValues<T>;
}

export interface ObserveDataWithExemplar<T extends string> {
  value: number;
  labels?: LabelValues<T>;
  exemplarLabels?: LabelValues<T>;
}

/** A value that only goes up. */
export interface Counter<T extends string = string> {
  /** Adds to the series with these labels, 1 by default. */
  inc(labels: LabelValues<T>, value?: number): void;
  inc(value?: number): void;
  /** With `enableExemplars`: labels, value and exemplar in one object. */
  inc(incData: IncreaseDataWithExemplar<T>): void;
  /** The metric and its samples; calls `collect` first. */
  get(): Promise<MetricObjectWithValues<MetricValue<T>>>;
  /** The series of a label set, by the values in the order of the names, or by an object. */
  labels(...values: string[]): Counter.Internal;
  labels(labels: LabelValues<T>): Counter.Internal;
  /** Removes all series. */
  reset(): void;
  /** Removes the series of a label set. */
  remove(...values: string[]): void;
  remove(labels: LabelValues<T>): void;
}

export interface CounterStatic {
  readonly prototype: Counter;
  new <T extends string = string>(configuration: CounterConfiguration<T>): Counter<T>;
}

export const Counter = classes.Counter as unknown as CounterStatic;

export namespace Counter {
  export interface Internal {
    inc(value?: number): void;
  }
}

export interface GaugeConfiguration<T extends string> extends MetricConfiguration<T> {
  collect?: CollectFunction<Gauge<T>>;
}

/** A value that goes up and down. */
export interface Gauge<T extends string = string> {
  /** Adds to the series with these labels, 1 by default. */
  inc(labels: LabelValues<T>, value?: number): void;
  inc(value?: number): void;
  /** Takes from the series with these labels, 1 by default. */
  dec(labels: LabelValues<T>, value?: number): void;
  dec(value?: number): void;
  set(labels: LabelValues<T>, value: number): void;
  set(value: number): void;
  /** The metric and its samples; calls `collect` first. */
  get(): Promise<MetricObjectWithValues<MetricValue<T>>>;
  /** Sets the seconds since the epoch. */
  setToCurrentTime(labels?: LabelValues<T>): void;
  /** Starts a timer; the function that it gives sets the seconds since then, and returns them. */
  startTimer(labels?: LabelValues<T>): (labels?: LabelValues<T>) => number;
  /** The series of a label set, by the values in the order of the names, or by an object. */
  labels(...values: string[]): Gauge.Internal<T>;
  labels(labels: LabelValues<T>): Gauge.Internal<T>;
  /** Removes all series. */
  reset(): void;
  /** Removes the series of a label set. */
  remove(...values: string[]): void;
  remove(labels: LabelValues<T>): void;
}

export interface GaugeStatic {
  readonly prototype: Gauge;
  new <T extends string = string>(configuration: GaugeConfiguration<T>): Gauge<T>;
}

export const Gauge = classes.Gauge as unknown as GaugeStatic;

export namespace Gauge {
  export interface Internal<T extends string> {
    inc(value?: number): void;
    dec(value?: number): void;
    set(value: number): void;
    setToCurrentTime(): void;
    startTimer(): (labels?: LabelValues<T>) => number;
  }
}

export interface HistogramConfiguration<T extends string> extends MetricConfiguration<T> {
  buckets?: number[];
  collect?: CollectFunction<Histogram<T>>;
  /** Adds native buckets, which pages in protobuf have (`registry.narthex`). Not in prom-client. */
  native?: boolean;
}

/** How values are distributed, in buckets. */
export interface Histogram<T extends string = string> {
  observe(value: number): void;
  observe(labels: LabelValues<T>, value: number): void;
  /** With `enableExemplars`: labels, value and exemplar in one object. */
  observe(observeData: ObserveDataWithExemplar<T>): void;
  /** The metric and its samples; calls `collect` first. */
  get(): Promise<MetricObjectWithValues<MetricValueWithName<T>>>;
  /** Starts a timer; the function that it gives observes the seconds since then, and returns them. */
  startTimer(labels?: LabelValues<T>): (labels?: LabelValues<T>) => number;
  startTimer(
    labels?: LabelValues<T>,
    exemplarLabels?: LabelValues<T>,
  ): (labels?: LabelValues<T>, exemplarLabels?: LabelValues<T>) => number;
  /** Removes all series. */
  reset(): void;
  /** Puts a series with zeros onto the page. */
  zero(labels: LabelValues<T>): void;
  /** The series of a label set, by the values in the order of the names, or by an object. */
  labels(...values: string[]): Histogram.Internal<T>;
  labels(labels: LabelValues<T>): Histogram.Internal<T>;
  /** Removes the series of a label set. */
  remove(...values: string[]): void;
  remove(labels: LabelValues<T>): void;
}

export interface HistogramStatic {
  readonly prototype: Histogram;
  new <T extends string = string>(configuration: HistogramConfiguration<T>): Histogram<T>;
}

export const Histogram = classes.Histogram as unknown as HistogramStatic;

export namespace Histogram {
  export interface Internal<T extends string> {
    observe(value: number): void;
    startTimer(): (labels?: LabelValues<T>) => void;
  }

  export interface Config {
    buckets?: number[];
  }
}

export interface SummaryConfiguration<T extends string> extends MetricConfiguration<T> {
  percentiles?: number[];
  maxAgeSeconds?: number;
  ageBuckets?: number;
  pruneAgedBuckets?: boolean;
  compressCount?: number;
  collect?: CollectFunction<Summary<T>>;
}

/** Quantiles of values, computed in this process. */
export interface Summary<T extends string = string> {
  observe(value: number): void;
  observe(labels: LabelValues<T>, value: number): void;
  /** The metric and its samples; calls `collect` first. */
  get(): Promise<MetricObjectWithValues<MetricValueWithName<T>>>;
  /** Starts a timer; the function that it gives observes the seconds since then, and returns them. */
  startTimer(labels?: LabelValues<T>): (labels?: LabelValues<T>) => number;
  /** Sets all series to zero, and keeps them. */
  reset(): void;
  /** The series of a label set, by the values in the order of the names, or by an object. */
  labels(...values: string[]): Summary.Internal<T>;
  labels(labels: LabelValues<T>): Summary.Internal<T>;
  /** Removes the series of a label set. */
  remove(...values: string[]): void;
  remove(labels: LabelValues<T>): void;
}

export interface SummaryStatic {
  readonly prototype: Summary;
  new <T extends string = string>(configuration: SummaryConfiguration<T>): Summary<T>;
}

export const Summary = classes.Summary as unknown as SummaryStatic;

export namespace Summary {
  export interface Internal<T extends string> {
    observe(value: number): void;
    startTimer(): (labels?: LabelValues<T>) => number;
  }

  export interface Config {
    percentiles?: number[];
  }
}

/** Pushes a registry's page to a Pushgateway. */
export interface Pushgateway<T extends RegistryContentType> {
  /** Replaces the metrics of the group that have the same names. */
  pushAdd(params: Pushgateway.Parameters): Promise<{ resp?: unknown; body?: unknown }>;
  /** Replaces all metrics of the group. */
  push(params: Pushgateway.Parameters): Promise<{ resp?: unknown; body?: unknown }>;
  /** Deletes the group. */
  delete(params: Pushgateway.Parameters): Promise<{ resp?: unknown; body?: unknown }>;
  /** What is pushed. */
  readonly registry: Registry<T>;
}

export interface PushgatewayStatic {
  readonly prototype: Pushgateway<RegistryContentType>;
  /**
   * @param options of the request, as `http.request` takes them; `requireJobName: false` allows pushes without a job
   * @param registry what is pushed; `register` by default
   */
  new <T extends RegistryContentType>(
    url: string,
    // biome-ignore lint/suspicious/noExplicitAny: as prom-client declares it.
    options?: any,
    registry?: Registry<T>,
  ): Pushgateway<T>;
}

export const Pushgateway = classes.Pushgateway as unknown as PushgatewayStatic;

export namespace Pushgateway {
  export interface Parameters {
    jobName: string;
    groupings?: {
      [key: string]: string;
    };
  }
}

export interface DefaultMetricsCollectorConfiguration<T extends RegistryContentType> {
  register?: Registry<T>;
  prefix?: string;
  gcDurationBuckets?: number[];
  eventLoopMonitoringPrecision?: number;
  labels?: object;
}

/** An aggregator: makes one metric of those that several processes have; undefined leaves it out. */
export type AggregatorFunction = (metrics: readonly object[]) => object | undefined;

/** Makes an aggregator of a function that makes one value of the values of several processes. */
export type AggregatorFactory = (
  combine: (samples: readonly MetricValue<string>[]) => number,
) => AggregatorFunction;

export interface CollectDefaultMetrics {
  /** Adds metrics of the process and of Node. */
  <T extends RegistryContentType>(config?: DefaultMetricsCollectorConfiguration<T>): void;
  /** What there is to collect. */
  metricsList: string[];
}

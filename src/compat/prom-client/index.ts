import { metrics } from "../../index.ts";
import { processWide } from "../../process-wide.ts";
import * as classes from "./classes.ts";
import type * as declarations from "./declarations.ts";
import {
  type AggregatorFunction,
  AggregatorRegistry,
  ClusterRegistry,
  type CollectDefaultMetrics,
  Counter,
  type AggregatorFactory as Factory,
  Gauge,
  Histogram,
  MetricType,
  type OpenMetricsContentType,
  type PrometheusContentType,
  Pushgateway,
  Registry,
  type RegistryContentType,
  Summary,
  WorkerRegistry,
} from "./declarations.ts";
import { defaultMetrics } from "./default-metrics/collect.ts";
import { exponentialBuckets, linearBuckets } from "./metrics/bucket-generators.ts";
import { validateMetricName } from "./metrics/validation.ts";

export * from "./declarations.ts";
export { exponentialBuckets, linearBuckets, validateMetricName };

const own = processWide("prom-client register", () => {
  const registry = new classes.Registry();
  registry.behaviour.globalRegistry = registry;
  classes.Registry.globalRegistry = registry;
  metrics.register(registry.narthex);
  return registry;
});

/** How the values of several processes become one, by the names of aggregators, to which yours may be added. */
export const aggregators = own.behaviour.aggregators as Record<string, AggregatorFunction>;

/** Makes an aggregator of a function that makes one value of several. */
export const AggregatorFactory = own.behaviour.aggregatorFactory as Factory;

/** The registry of metrics that name none. The shared registry of Narthex, `metrics`, shows it. */
export const register: Registry = own as unknown as Registry;

/** The format of `register.metrics()`, which changes with `register.setContentType`. */
export let contentType: RegistryContentType;
own.followContentType((current) => {
  contentType = current as RegistryContentType;
});

export const prometheusContentType: PrometheusContentType = Registry.PROMETHEUS_CONTENT_TYPE;
export const openMetricsContentType: OpenMetricsContentType = Registry.OPENMETRICS_CONTENT_TYPE;

/** Adds metrics of the process and of Node. */
export const collectDefaultMetrics = defaultMetrics(classes, [
  "eventLoopUtilization",
]) as CollectDefaultMetrics;

const client = {
  AggregatorRegistry,
  ClusterRegistry,
  Counter,
  Gauge,
  Histogram,
  MetricType,
  Pushgateway,
  Registry,
  Summary,
  WorkerRegistry,
  aggregators,
  collectDefaultMetrics,
  get contentType(): RegistryContentType {
    return register.contentType;
  },
  set contentType(contentType: RegistryContentType) {
    (register as Registry<RegistryContentType>).setContentType(contentType);
  },
  exponentialBuckets,
  linearBuckets,
  openMetricsContentType,
  prometheusContentType,
  register,
  validateMetricName,
};

/** The types of the default export, as `client.Counter<"plan">`. */
declare namespace client {
  export type AnyRegistry = declarations.AnyRegistry;
  export type Aggregator = declarations.Aggregator;
  export type Charset = declarations.Charset;
  export type Collector = declarations.Collector;
  export type OpenMetricsContentType = declarations.OpenMetricsContentType;
  export type OpenMetricsMIME = declarations.OpenMetricsMIME;
  export type OpenMetricsVersion = declarations.OpenMetricsVersion;
  export type PrometheusContentType = declarations.PrometheusContentType;
  export type PrometheusMIME = declarations.PrometheusMIME;
  export type PrometheusMetricsVersion = declarations.PrometheusMetricsVersion;
  export type RegistryContentType = declarations.RegistryContentType;
  export type MetricObject = declarations.MetricObject;
  export type MetricType = declarations.MetricType;
  export type Registry<
    T extends declarations.RegistryContentType = declarations.PrometheusContentType,
  > = declarations.Registry<T>;
  export type AggregatorRegistry<T extends declarations.RegistryContentType> =
    declarations.AggregatorRegistry<T>;
  export type ClusterRegistry<T extends declarations.RegistryContentType> =
    declarations.ClusterRegistry<T>;
  export type WorkerRegistry<T extends declarations.RegistryContentType> =
    declarations.WorkerRegistry<T>;
  export type Pushgateway<T extends declarations.RegistryContentType> = declarations.Pushgateway<T>;
  export type DefaultMetricsCollectorConfiguration<T extends declarations.RegistryContentType> =
    declarations.DefaultMetricsCollectorConfiguration<T>;
  export type Metric<T extends string = string> = declarations.Metric<T>;
  export type Counter<T extends string = string> = declarations.Counter<T>;
  export type Gauge<T extends string = string> = declarations.Gauge<T>;
  export type Histogram<T extends string = string> = declarations.Histogram<T>;
  export type Summary<T extends string = string> = declarations.Summary<T>;
  export type CounterConfiguration<T extends string> = declarations.CounterConfiguration<T>;
  export type GaugeConfiguration<T extends string> = declarations.GaugeConfiguration<T>;
  export type HistogramConfiguration<T extends string> = declarations.HistogramConfiguration<T>;
  export type SummaryConfiguration<T extends string> = declarations.SummaryConfiguration<T>;
  export type MetricConfiguration<T extends string> = declarations.MetricConfiguration<T>;
  export type IncreaseDataWithExemplar<T extends string> = declarations.IncreaseDataWithExemplar<T>;
  export type ObserveDataWithExemplar<T extends string> = declarations.ObserveDataWithExemplar<T>;
  export type LabelValues<T extends string> = declarations.LabelValues<T>;
  export type MetricValue<T extends string> = declarations.MetricValue<T>;
  export type MetricValueWithName<T extends string> = declarations.MetricValueWithName<T>;
  export type CollectFunction<T> = declarations.CollectFunction<T>;
  export type MetricObjectWithValues<T extends MetricValue<string>> =
    declarations.MetricObjectWithValues<T>;
  export namespace Counter {
    export type Internal = declarations.Counter.Internal;
  }
  export namespace Gauge {
    export type Internal<T extends string> = declarations.Gauge.Internal<T>;
  }
  export namespace Histogram {
    export type Internal<T extends string> = declarations.Histogram.Internal<T>;
    export type Config = declarations.Histogram.Config;
  }
  export namespace Summary {
    export type Internal<T extends string> = declarations.Summary.Internal<T>;
    export type Config = declarations.Summary.Config;
  }
  export namespace Pushgateway {
    export type Parameters = declarations.Pushgateway.Parameters;
  }
  export namespace MetricType {
    export type Counter = declarations.MetricType.Counter;
    export type Gauge = declarations.MetricType.Gauge;
    export type Histogram = declarations.MetricType.Histogram;
    export type Summary = declarations.MetricType.Summary;
  }
}
export default client;

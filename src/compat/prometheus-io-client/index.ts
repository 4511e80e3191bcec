import { clientOf } from "../prom-client/client.ts";
import * as classes from "./classes.ts";
import * as declarations from "./declarations.ts";

export * from "./declarations.ts";

const own = clientOf("prometheus-io-client", classes);

/** How the values of several processes become one, by the names of aggregators, to which yours may be added. */
export const aggregators: Record<string, declarations.AggregatorFunction> = own.aggregators;

/** Makes an aggregator of a function that makes one value of several. */
export const AggregatorFactory: declarations.AggregatorFactory = own.AggregatorFactory;

/** The registry of metrics that name none. The shared registry of Narthex, `metrics`, shows it. */
export const register: declarations.Registry = own.register as unknown as declarations.Registry;

/** The format of `register.metrics()`, which changes with `register.setContentType`. */
export let contentType: declarations.RegistryContentType;
own.register.followContentType((current) => {
  contentType = current as declarations.RegistryContentType;
});

/** Adds metrics of the process and of Node. */
export const collectDefaultMetrics =
  own.collectDefaultMetrics as declarations.CollectDefaultMetrics;

export const {
  exponentialBuckets,
  linearBuckets,
  openMetricsContentType,
  prometheusContentType,
  validateMetricName,
} = own;

const client = {
  ...declarations,
  ...own,
  collectDefaultMetrics,
  register,
  get contentType(): declarations.RegistryContentType {
    return register.contentType;
  },
  set contentType(contentType: declarations.RegistryContentType) {
    own.register.setContentType(contentType);
  },
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
    T extends declarations.RegistryContentType = declarations.RegistryContentType,
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
  export type Metric<T extends string = never> = declarations.Metric<T>;
  export type Counter<T extends string = never> = declarations.Counter<T>;
  export type Gauge<T extends string = never> = declarations.Gauge<T>;
  export type Histogram<T extends string = never> = declarations.Histogram<T>;
  export type Summary<T extends string = never> = declarations.Summary<T>;
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
    export type Options = declarations.Pushgateway.Options;
    export type Parameters = declarations.Pushgateway.Parameters;
  }
}
export default client;

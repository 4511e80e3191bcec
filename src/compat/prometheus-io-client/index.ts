import { metrics } from "../../index.ts";
import { processWide } from "../../process-wide.ts";
import { defaultMetrics } from "../prom-client/default-metrics/collect.ts";
import { exponentialBuckets, linearBuckets } from "../prom-client/metrics/bucket-generators.ts";
import { validateMetricName } from "../prom-client/metrics/validation.ts";
import * as classes from "./classes.ts";
import {
  type AggregatorFunction,
  AggregatorRegistry,
  ClusterRegistry,
  Counter,
  type DefaultMetricsCollectorConfiguration,
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

export * from "./declarations.ts";
export { exponentialBuckets, linearBuckets, validateMetricName };

const own = processWide("prometheus-io-client register", () => {
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
export const collectDefaultMetrics = defaultMetrics(classes) as {
  <T extends RegistryContentType>(config?: DefaultMetricsCollectorConfiguration<T>): void;
  /** What there is to collect. */
  metricsList: string[];
};

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
    register.setContentType(contentType);
  },
  exponentialBuckets,
  linearBuckets,
  openMetricsContentType,
  prometheusContentType,
  register,
  validateMetricName,
};
export default client;

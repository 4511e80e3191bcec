import { metrics } from "../../index.ts";
import { aggregators } from "./aggregators.ts";
import { PROM_CLIENT_15, type Registrar } from "./behaviour.ts";
import { exponentialBuckets, linearBuckets } from "./bucket-generators.ts";
import * as classes from "./classes.ts";
import {
  AggregatorRegistry,
  ClusterRegistry,
  type CollectDefaultMetrics,
  Counter,
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
import { validateMetricName } from "./validation.ts";

export * from "./declarations.ts";
export { aggregators, exponentialBuckets, linearBuckets, validateMetricName };

/** The registry of metrics that name none. The shared registry of Narthex, `metrics`, shows it. */
export const register: Registry = new Registry();

PROM_CLIENT_15.globalRegistry = register as unknown as Registrar;
Registry.globalRegistry = register;
metrics.register(register.narthex);

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
  /** The format of `register.metrics()`. */
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
export default client;

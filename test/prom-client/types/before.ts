// What prom-client 15.1.3 declares, and @prometheus-io/client 0.16.1 not, or otherwise.

import client, {
  Counter,
  Gauge,
  Histogram,
  type Metric,
  MetricType,
  type PrometheusContentType,
  Registry,
  Summary,
} from "prom-client";

export const types: MetricType[] = [
  MetricType.Counter,
  MetricType.Gauge,
  MetricType.Histogram,
  MetricType.Summary,
];
export const counterType: MetricType.Counter = MetricType.Counter;
export const gaugeType: client.MetricType.Gauge = MetricType.Gauge;

const config = { name: "m", help: "M." };
/** Metrics that name no labels may have any. */
export const metrics: Metric[] = [
  new Counter(config),
  new Gauge(config),
  new Histogram(config),
  new Summary(config),
];
const counter: Counter<string> = new Counter(config);
counter.inc({ whatever: "x" });

const registry: Registry = new Registry();
export const untyped: Metric | undefined = registry.getSingleMetric("m");
export const current: PrometheusContentType = registry.contentType;
// @ts-expect-error a registry has the format of its type.
registry.setContentType(Registry.OPENMETRICS_CONTENT_TYPE);

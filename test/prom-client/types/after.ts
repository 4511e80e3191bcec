// What @prometheus-io/client 0.16.1 declares, and prom-client 15.1.3 not, or otherwise. The type check of the repository
// compiles it against narthex/prometheus-io-client, and types.test.ts against the real one.

import client, {
  AggregatorRegistry,
  ClusterRegistry,
  Counter,
  collectDefaultMetrics,
  type DefaultMetricsCollectorConfiguration,
  Gauge,
  Histogram,
  type LabelValues,
  type Metric,
  type MetricObject,
  type MetricObjectWithValues,
  type MetricType,
  type MetricValue,
  type OpenMetricsContentType,
  type PrometheusContentType,
  Pushgateway,
  Registry,
  type RegistryContentType,
  register,
  Summary,
  WorkerRegistry,
} from "narthex/prometheus-io-client";

export const types: MetricType[] = ["counter", "gauge", "histogram", "summary"];

const config = { name: "m", help: "M." };
/** Metrics that name no labels have none. */
export const metrics: Metric[] = [
  new Counter(config),
  new Gauge(config),
  new Histogram(config),
  new Summary(config),
];
const counter: Counter = new Counter(config);
counter.inc(1);
export const values: LabelValues<"plan"> = { plan: 1 };

export async function registries(): Promise<unknown[]> {
  const registry: Registry = new Registry(Registry.OPENMETRICS_CONTENT_TYPE);
  const current: PrometheusContentType | OpenMetricsContentType = registry.contentType;
  registry.setContentType(Registry.PROMETHEUS_CONTENT_TYPE);
  const json: MetricObjectWithValues<MetricValue<string>>[] = await registry.getMetricsAsJSON();
  const sums: MetricObjectWithValues<MetricValue<string>>[] =
    await registry.getMetricsAsJSON("sum");
  const array: MetricObject[] = registry.getMetricsAsArray("sum");
  const text: string = await registry.getMetricsAsString(new Counter(config));
  const aggregated: Registry<OpenMetricsContentType> = Registry.aggregate([json, sums]);
  return [current, array, text, aggregated];
}

export async function severalProcesses(): Promise<unknown[]> {
  const cluster = new ClusterRegistry<PrometheusContentType>();
  const before = new AggregatorRegistry<OpenMetricsContentType>();
  const threads: WorkerRegistry<RegistryContentType> = new WorkerRegistry();
  const pages: string[] = [
    await cluster.clusterMetrics(),
    await before.clusterMetrics(),
    await threads.workerMetrics(),
  ];
  await before.shutdown();
  await threads.shutdown();
  for (const Class of [AggregatorRegistry, ClusterRegistry, WorkerRegistry]) {
    Class.setRegistries(register);
    Class.setRegistries([register, new Registry<OpenMetricsContentType>()]);
  }
  return pages;
}

export function others(): unknown[] {
  const options: Pushgateway.Options = { requireJobName: false, timeout: 1 };
  const defaults: DefaultMetricsCollectorConfiguration<PrometheusContentType> = {
    eventLoopUtilizationTimeout: 1,
    eventLoopUtilizationBuckets: [1],
    eventLoopUtilizationPercentiles: [0.5],
    eventLoopUtilizationAgeBuckets: 1,
    eventLoopUtilizationMaxAgeSeconds: 1,
  };
  collectDefaultMetrics(defaults);
  const url = "http://127.0.0.1";
  return [
    new Pushgateway(url, register),
    new Pushgateway(url, options),
    new Pushgateway(url, null, register),
    client.ClusterRegistry === ClusterRegistry,
  ];
}

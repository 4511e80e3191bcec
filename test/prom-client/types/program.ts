// Uses every declaration that prom-client 15.1.3 and @prometheus-io/client 0.16.1 have in common; what only one of them has
// is in before.ts and after.ts. The type check of the repository compiles it against prom-client, and types.test.ts against
// the others.

import * as namespace from "prom-client";
import client, {
  type Aggregator,
  AggregatorRegistry,
  type Charset,
  type CollectFunction,
  type Collector,
  Counter,
  type CounterConfiguration,
  collectDefaultMetrics,
  contentType,
  type DefaultMetricsCollectorConfiguration,
  exponentialBuckets,
  Gauge,
  type GaugeConfiguration,
  Histogram,
  type HistogramConfiguration,
  type IncreaseDataWithExemplar,
  type LabelValues,
  linearBuckets,
  type Metric,
  type MetricConfiguration,
  type MetricObject,
  type MetricObjectWithValues,
  type MetricType,
  type MetricValue,
  type MetricValueWithName,
  type ObserveDataWithExemplar,
  type OpenMetricsContentType,
  type OpenMetricsMIME,
  type OpenMetricsVersion,
  openMetricsContentType,
  type PrometheusContentType,
  type PrometheusMetricsVersion,
  type PrometheusMIME,
  Pushgateway,
  prometheusContentType,
  Registry,
  type RegistryContentType,
  register,
  Summary,
  type SummaryConfiguration,
  validateMetricName,
} from "prom-client";

type Label = "method" | "code";
const labels: LabelValues<Label> = { method: "GET", code: 200 };
const common: MetricConfiguration<Label> = {
  name: "m",
  help: "M.",
  labelNames: ["method", "code"] as const,
  registers: [register, new Registry<OpenMetricsContentType>()],
  aggregator: "sum",
  enableExemplars: false,
  collect() {},
};

export async function registries(): Promise<void> {
  const text: PrometheusContentType = prometheusContentType;
  const open: OpenMetricsContentType = openMetricsContentType;
  const either: RegistryContentType = contentType;
  const parts: [
    Charset,
    PrometheusMIME,
    PrometheusMetricsVersion,
    OpenMetricsMIME,
    OpenMetricsVersion,
  ] = ["utf-8", "text/plain", "0.0.4", "application/openmetrics-text", "1.0.0"];
  const registry: Registry = new Registry();
  const openRegistry = new Registry<OpenMetricsContentType>();
  openRegistry.setContentType(Registry.OPENMETRICS_CONTENT_TYPE);
  registry.setContentType(Registry.PROMETHEUS_CONTENT_TYPE);
  const page: string = await registry.metrics();
  const json: MetricObjectWithValues<MetricValue<string>>[] = await registry.getMetricsAsJSON();
  const array: MetricObject[] = registry.getMetricsAsArray();
  const aggregator: Aggregator | undefined = array[0]?.aggregator;
  const type: MetricType | undefined = json[0]?.type;
  const found: Metric<Label> | undefined = registry.getSingleMetric<Label>("m");
  if (found !== undefined) registry.registerMetric(found);
  registry.removeSingleMetric("m");
  registry.setDefaultLabels({ app: "shop" });
  const single: string = await registry.getSingleMetricAsString("m");
  const current: RegistryContentType = registry.contentType;
  registry.resetMetrics();
  registry.clear();
  const merged: Registry = Registry.merge([registry, register]);
  const workers = new AggregatorRegistry<PrometheusContentType>();
  const clusterPage: string = await workers.clusterMetrics();
  const aggregated: Registry<OpenMetricsContentType> = AggregatorRegistry.aggregate([json]);
  AggregatorRegistry.setRegistries(registry);
  AggregatorRegistry.setRegistries([registry, openRegistry]);
  const collector: Collector = () => {};
  use(text, open, either, parts, page, aggregator, type, single);
  use(current, merged, clusterPage, aggregated, collector);
}

export async function counters(): Promise<void> {
  const config: CounterConfiguration<Label> = {
    ...common,
    collect() {
      this.inc({ method: "GET" }, 1);
    },
  };
  const counter: Counter<Label> = new Counter(config);
  const inferred: Counter<"plan"> = new Counter({ name: "m", help: "M.", labelNames: ["plan"] });
  const increase: IncreaseDataWithExemplar<Label> = { value: 1, labels, exemplarLabels: labels };
  counter.inc();
  counter.inc(1);
  counter.inc(labels);
  counter.inc(labels, 1);
  counter.inc(increase);
  const child: Counter.Internal = counter.labels("GET", "200");
  child.inc();
  child.inc(1);
  counter.labels(labels).inc();
  counter.remove("GET", "200");
  counter.remove(labels);
  counter.reset();
  const { values }: MetricObjectWithValues<MetricValue<Label>> = await counter.get();
  const value: number | undefined = values[0]?.value;
  // @ts-expect-error the counter has no such label.
  counter.inc({ nope: "x" });
  use(inferred, value);
}

export async function gauges(): Promise<void> {
  const collect: CollectFunction<Gauge<Label>> = async function () {
    this.set({ method: "GET" }, 1);
  };
  const config: GaugeConfiguration<Label> = { ...common, collect };
  const gauge: Gauge<Label> = new Gauge(config);
  gauge.inc();
  gauge.inc(1);
  gauge.inc(labels);
  gauge.inc(labels, 1);
  gauge.dec();
  gauge.dec(1);
  gauge.dec(labels);
  gauge.dec(labels, 1);
  gauge.set(1);
  gauge.set(labels, 1);
  gauge.setToCurrentTime();
  gauge.setToCurrentTime(labels);
  const seconds: number = gauge.startTimer(labels)(labels);
  const child: Gauge.Internal<Label> = gauge.labels("GET", "200");
  child.inc();
  child.dec(1);
  child.set(1);
  child.setToCurrentTime();
  const childSeconds: number = gauge.labels(labels).startTimer()(labels);
  gauge.remove("GET", "200");
  gauge.remove(labels);
  gauge.reset();
  const json: MetricObjectWithValues<MetricValue<Label>> = await gauge.get();
  use(seconds, childSeconds, json);
}

export async function histograms(): Promise<void> {
  const buckets: Histogram.Config = { buckets: linearBuckets(0, 1, 3) };
  const config: HistogramConfiguration<Label> = {
    ...common,
    ...buckets,
    collect() {
      this.observe(1);
    },
  };
  const histogram: Histogram<Label> = new Histogram(config);
  const observation: ObserveDataWithExemplar<Label> = { value: 1, labels, exemplarLabels: labels };
  histogram.observe(1);
  histogram.observe(labels, 1);
  histogram.observe(observation);
  const seconds: number = histogram.startTimer(labels)(labels);
  const withExemplar: number = histogram.startTimer(labels, labels)(labels, labels);
  histogram.zero(labels);
  const child: Histogram.Internal<Label> = histogram.labels("GET", "200");
  child.observe(1);
  child.startTimer()(labels);
  histogram.labels(labels).observe(1);
  histogram.remove("GET", "200");
  histogram.remove(labels);
  histogram.reset();
  const json: MetricObjectWithValues<MetricValueWithName<Label>> = await histogram.get();
  const name: string | undefined = json.values[0]?.metricName;
  use(seconds, withExemplar, name, exponentialBuckets(1, 2, 3));
}

export async function summaries(): Promise<void> {
  const percentiles: Summary.Config = { percentiles: [0.5] };
  const config: SummaryConfiguration<Label> = {
    ...common,
    ...percentiles,
    maxAgeSeconds: 1,
    ageBuckets: 1,
    pruneAgedBuckets: true,
    compressCount: 1,
    collect() {
      this.observe(1);
    },
  };
  const summary: Summary<Label> = new Summary(config);
  summary.observe(1);
  summary.observe(labels, 1);
  const seconds: number = summary.startTimer(labels)(labels);
  const child: Summary.Internal<Label> = summary.labels("GET", "200");
  child.observe(1);
  const childSeconds: number = summary.labels(labels).startTimer()(labels);
  summary.remove("GET", "200");
  summary.remove(labels);
  summary.reset();
  const json: MetricObjectWithValues<MetricValueWithName<Label>> = await summary.get();
  use(seconds, childSeconds, json);
}

export async function others(): Promise<void> {
  const gateway = new Pushgateway<PrometheusContentType>("http://127.0.0.1", { timeout: 1 });
  const registered: Pushgateway<OpenMetricsContentType> = new Pushgateway(
    "http://127.0.0.1",
    undefined,
    new Registry<OpenMetricsContentType>(),
  );
  const params: Pushgateway.Parameters = { jobName: "job", groupings: { key: "value" } };
  const { resp, body }: { resp?: unknown; body?: unknown } = await gateway.push(params);
  await gateway.pushAdd(params);
  await registered.delete(params);
  const defaults: DefaultMetricsCollectorConfiguration<PrometheusContentType> = {
    register,
    prefix: "app_",
    gcDurationBuckets: [1],
    eventLoopMonitoringPrecision: 10,
    labels: {},
  };
  collectDefaultMetrics();
  collectDefaultMetrics(defaults);
  const list: string[] = collectDefaultMetrics.metricsList;
  const isValid: boolean = validateMetricName("m");
  use(resp, body, list, isValid);
}

class Requests extends Counter<Label> {
  constructor() {
    super(common);
  }
  override inc(): void {
    super.inc(labels);
  }
}

class Shop extends Registry<OpenMetricsContentType> {
  readonly app: Registry = register;
}

/** Types by the default export and by the namespace, as many programs write them. */
export function byNamespace(): void {
  const requests: client.Counter<Label> = new Requests();
  const child: client.Counter.Internal = requests.labels(labels);
  const gauge: namespace.Gauge = new namespace.Gauge({ name: "m", help: "M." });
  const timer: client.Histogram.Internal<Label> = new client.Histogram(common).labels(labels);
  const registry: client.Registry<client.OpenMetricsContentType> = new Shop();
  const config: client.SummaryConfiguration<Label> = common;
  const Type: typeof client.Gauge = Gauge;
  const all: (typeof namespace)["register"] = client.register;
  use(child, gauge instanceof client.Gauge, timer, registry, config, Type, all, client.contentType);
}

function use(..._values: unknown[]): void {}

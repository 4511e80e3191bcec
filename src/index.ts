export { type ErrorCode, NarthexError } from "./errors.ts";
export { exponentialBuckets, linearBuckets } from "./instruments/buckets.ts";
export type { Collect, CollectContext, Collected } from "./instruments/collected.ts";
export type { Counter, CounterOptions, CounterSeries } from "./instruments/counter.ts";
export type { Labels, LabelValue, MetricOptions } from "./instruments/definition.ts";
export type { Gauge, GaugeOptions, GaugeSeries } from "./instruments/gauge.ts";
export type {
  Histogram,
  HistogramOptions,
  HistogramSeries,
  StopTimer,
} from "./instruments/histogram.ts";
export type { Exemplar } from "./model/exemplar.ts";
export type { Family, MetricType } from "./model/family.ts";
export type { BucketSpan, NativeBuckets, NativeHistogram } from "./model/native-histogram.ts";
export type {
  HistogramValue,
  MetricSource,
  SampleSink,
  SeriesHead,
  StateSetValue,
  SummaryValue,
} from "./model/sample-sink.ts";
export { metrics } from "./registry/metrics.ts";
export {
  type ExposeOptions,
  type Exposition,
  Registry,
  type RegistryOptions,
} from "./registry/registry.ts";

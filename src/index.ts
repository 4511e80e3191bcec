export { type ErrorCode, NarthexError } from "./errors.ts";
export type { Collect, Collected } from "./instruments/collected.ts";
export type {
  Counter,
  CounterOptions,
  CounterSeries,
  LabelledCounter,
  PlainCounter,
} from "./instruments/counter.ts";
export type {
  DeclaredLabels,
  LabelledFamily,
  LabelName,
  Labels,
  LabelTypes,
  LabelValue,
  OtherLabels,
  PlainFamily,
  SomeLabels,
  TypesOf,
} from "./instruments/definition/labels.ts";
export type { MetricOptions } from "./instruments/definition/options.ts";
export type { ExemplarLabels, ExemplarProvider, UpdateOptions } from "./instruments/exemplars.ts";
export type {
  Gauge,
  GaugeOptions,
  GaugeSeries,
  LabelledGauge,
  PlainGauge,
} from "./instruments/gauge.ts";
export { exponentialBuckets, linearBuckets } from "./instruments/histogram/buckets.ts";
export type {
  Histogram,
  HistogramOptions,
  HistogramSeries,
  LabelledHistogram,
  PlainHistogram,
} from "./instruments/histogram/histogram.ts";
export type { NativeOptions } from "./instruments/histogram/native/options.ts";
export type { Info, InfoOptions } from "./instruments/info.ts";
export type {
  LabelledStateSet,
  PlainStateSet,
  StateSet,
  StateSetOptions,
  StateSetSeries,
} from "./instruments/state-set.ts";
export type {
  LabelledSummary,
  PlainSummary,
  Summary,
  SummaryOptions,
  SummarySeries,
} from "./instruments/summary/summary.ts";
export type {
  LabelledTimers,
  SeriesTimers,
  StopTimer,
  StopTimerWith,
} from "./instruments/timer.ts";
export type { WorkEnd } from "./instruments/work.ts";
export type { Family, MetricType } from "./model/family.ts";
export type {
  CompositeHistogram,
  CompositeSummary,
  CompositeValue,
  CumulativeBucket,
  FamilyDefinition,
  MetricFamily,
  MetricSample,
} from "./model/metric-family.ts";
export type {
  EventSelection,
  Objective,
  ObjectiveOptions,
  SelectableFamily,
  SelectablePlainFamily,
  SelectedEvents,
  ValueMatch,
} from "./model/objective.ts";
export {
  type BucketSpan,
  type CollectContext,
  type Exemplar,
  type HistogramValue,
  type MetricSource,
  type NativeBuckets,
  type NativeHistogram,
  type SampleSink,
  type SeriesHead,
  type StateSetValue,
  type SummaryValue,
  type SumParts,
  seriesHead,
} from "./model/sample-sink.ts";
export type { ErrorListener } from "./registry/error-listeners.ts";
export type { InstrumentOptions } from "./registry/measured-function.ts";
export { metrics } from "./registry/metrics.ts";
export type { RegistryOptions } from "./registry/options.ts";
export type { ExposeOptions } from "./registry/page/expose.ts";
export type { Exposition } from "./registry/page/page.ts";
export { Registry } from "./registry/registry.ts";

import { withoutSuffix } from "../../src/exposition/parse/parsed-family.ts";
import type { MetricType } from "../../src/model/family.ts";
import type { Exemplar } from "../../src/model/sample-sink.ts";
import type {
  RecordedCounter,
  RecordedFamily,
  RecordedHistogram,
  RecordedSeries,
  RecordedSummary,
} from "../recording.ts";

/** A metric family in the vectors: a message of Go's client model. */
export interface GoFamily {
  readonly Name?: string;
  readonly Help?: string;
  readonly Type?: keyof typeof TYPES;
  readonly Unit?: string;
  readonly Metric?: readonly GoMetric[];
}

interface GoMetric {
  readonly Label?: readonly GoLabel[];
  readonly Counter?: GoCounter;
  readonly Gauge?: { readonly Value: GoNumber };
  readonly Untyped?: { readonly Value: GoNumber };
  readonly Summary?: GoSummary;
  readonly Histogram?: GoHistogram;
  readonly TimestampMs?: number;
}

interface GoCounter {
  readonly Value: GoNumber;
  readonly Exemplar?: GoExemplar;
  readonly CreatedTimestamp?: GoTime;
}

interface GoSummary {
  readonly SampleCount: number;
  readonly SampleSum: GoNumber;
  readonly Quantile: readonly { readonly Quantile: number; readonly Value: GoNumber }[];
  readonly CreatedTimestamp?: GoTime;
}

interface GoHistogram {
  readonly SampleCount?: number;
  readonly SampleCountFloat?: number;
  readonly SampleSum: GoNumber;
  readonly Bucket: readonly GoBucket[];
  readonly CreatedTimestamp?: GoTime;
}

interface GoBucket {
  readonly UpperBound: GoNumber;
  readonly CumulativeCount?: number;
  readonly CumulativeCountFloat?: number;
  readonly Exemplar?: GoExemplar;
}

interface GoExemplar {
  readonly Label: readonly GoLabel[];
  readonly Value: GoNumber;
  readonly Timestamp?: GoTime;
}

interface GoLabel {
  readonly Name: string;
  readonly Value: string;
}

/** A string where JSON has no such number. */
type GoNumber = number | string;

/** The vectors spell the fields in two ways. */
interface GoTime {
  readonly seconds?: number;
  readonly nanos?: number;
  readonly Seconds?: number;
  readonly Nanos?: number;
}

const TYPES = {
  MetricType_COUNTER: "counter",
  MetricType_GAUGE: "gauge",
  MetricType_UNTYPED: "unknown",
  MetricType_SUMMARY: "summary",
  MetricType_HISTOGRAM: "histogram",
  MetricType_GAUGE_HISTOGRAM: "gaugehistogram",
} as const satisfies Record<string, MetricType>;

/** Converts a family to a recording, which `play` can give to a sink. */
export function fromGo(family: GoFamily): RecordedFamily {
  const { Name = "", Help: help = "", Unit: unit, Metric = [] } = family;
  // As in Go, a message without a type has the first one.
  const type = TYPES[family.Type ?? "MetricType_COUNTER"];
  return {
    ...withoutSuffix(Name, type),
    help,
    type,
    ...(unit === undefined ? {} : { unit }),
    series: Metric.map(series),
  };
}

function series(metric: GoMetric): RecordedSeries {
  const { Label = [], TimestampMs, Counter, Summary, Histogram } = metric;
  return {
    labels: Label.map(({ Name, Value }) => [Name, Value]),
    created: seconds((Counter ?? Summary ?? Histogram)?.CreatedTimestamp),
    timestamp: TimestampMs === undefined ? Number.NaN : TimestampMs / 1000,
    value: seriesValue(metric),
  };
}

function seriesValue({ Counter, Gauge, Untyped, Summary, Histogram }: GoMetric): unknown {
  if (Counter !== undefined) return counter(Counter);
  if (Summary !== undefined) return summary(Summary);
  if (Histogram !== undefined) return histogram(Histogram);
  return number((Gauge ?? Untyped)!.Value);
}

function counter({ Value, Exemplar }: GoCounter): RecordedCounter {
  return { value: number(Value), exemplar: exemplar(Exemplar) };
}

function summary({ SampleCount, SampleSum, Quantile }: GoSummary): RecordedSummary {
  return {
    quantiles: Quantile.map(({ Quantile, Value }) => [Quantile, number(Value)]),
    count: SampleCount,
    sum: number(SampleSum),
  };
}

function histogram(histogram: GoHistogram): RecordedHistogram {
  const { Bucket, SampleSum, SampleCount, SampleCountFloat } = histogram;
  const count = SampleCountFloat ?? SampleCount ?? 0;
  const cumulative = Bucket.map(
    ({ UpperBound, CumulativeCount, CumulativeCountFloat, Exemplar }) =>
      [
        number(UpperBound),
        CumulativeCountFloat ?? CumulativeCount ?? 0,
        exemplar(Exemplar),
      ] as const,
  );
  if (cumulative.at(-1)?.[0] !== Number.POSITIVE_INFINITY) {
    cumulative.push([Number.POSITIVE_INFINITY, count, undefined]);
  }
  const buckets = cumulative.map(
    ([bound, upTo, exemplar], i) =>
      [bound, upTo - (cumulative[i - 1]?.[1] ?? 0), exemplar] as const,
  );
  return { buckets, count, sum: number(SampleSum), native: undefined };
}

function exemplar(exemplar: GoExemplar | undefined): Exemplar | undefined {
  if (exemplar === undefined) return undefined;
  return {
    labels: Object.fromEntries(exemplar.Label.map(({ Name, Value }) => [Name, Value])),
    value: number(exemplar.Value),
    timestamp: seconds(exemplar.Timestamp),
  };
}

function seconds(time: GoTime | undefined): number {
  if (time === undefined) return Number.NaN;
  const { seconds = 0, nanos = 0, Seconds = seconds, Nanos = nanos } = time;
  return Number(`${Seconds}.${String(Nanos).padStart(9, "0")}`);
}

function number(value: GoNumber): number {
  return Number(String(value).replace("Inf", "Infinity"));
}

import type { Family } from "../src/model/family.ts";
import type {
  Exemplar,
  HistogramValue,
  MetricSource,
  NativeHistogram,
  SampleSink,
  SeriesHead,
  StateSetValue,
  SummaryValue,
} from "../src/model/sample-sink.ts";

export interface RecordedSeries {
  readonly labels: readonly (readonly [string, string])[];
  readonly created: number;
  readonly timestamp: number;
  /** Depends on the family's type: a `RecordedCounter`, a number, … */
  readonly value: unknown;
}

export interface RecordedFamily extends Family {
  readonly series: RecordedSeries[];
}

export interface RecordedCounter {
  readonly value: number;
  readonly exemplar: Exemplar | undefined;
}

export interface RecordedHistogram {
  /** The bound, count and exemplar of each bucket, not cumulative; the last bucket is +Inf. */
  readonly buckets: readonly (readonly [number, number, Exemplar | undefined])[];
  readonly count: number;
  readonly sum: number | undefined;
  readonly native: NativeHistogram | undefined;
}

export interface RecordedSummary {
  readonly quantiles: readonly (readonly [number, number])[];
  readonly count: number | undefined;
  readonly sum: number | undefined;
}

/** Each state, and whether it is set. */
export type RecordedStateSet = readonly (readonly [string, boolean])[];

/** Records everything that a source gives to a sink, as plain data. */
export function record(source: MetricSource): RecordedFamily[] {
  const sink = new RecordingSink();
  for (const _ of source.visit(sink) ?? []);
  return sink.families;
}

class RecordingSink implements SampleSink {
  readonly families: RecordedFamily[] = [];

  family({ name, help, type, unit, bare }: Family): void {
    this.families.push({
      name,
      help,
      type,
      ...(unit === undefined ? {} : { unit }),
      ...(bare === undefined ? {} : { bare }),
      series: [],
    });
  }

  counter(head: SeriesHead, value: number, exemplar?: Exemplar): void {
    this.#add(head, { value, exemplar } satisfies RecordedCounter);
  }

  gauge(head: SeriesHead, value: number): void {
    this.#add(head, value);
  }

  histogram(head: SeriesHead, value: HistogramValue): void {
    const { bounds, count, sum, native } = value;
    const buckets = [...bounds, Number.POSITIVE_INFINITY].map(
      (bound, i) => [bound, value.bucketCount(i), value.exemplar(i)] as const,
    );
    this.#add(head, { buckets, count, sum, native } satisfies RecordedHistogram);
  }

  summary(head: SeriesHead, value: SummaryValue): void {
    const { quantiles, count, sum } = value;
    const values = quantiles.map((quantile, i) => [quantile, value.quantile(i)] as const);
    this.#add(head, { quantiles: values, count, sum } satisfies RecordedSummary);
  }

  info(head: SeriesHead): void {
    this.#add(head, 1);
  }

  stateSet(head: SeriesHead, value: StateSetValue): void {
    const states = value.states.map((state, i) => [state, value.isSet(i)] as const);
    this.#add(head, states satisfies RecordedStateSet);
  }

  unknown(head: SeriesHead, value: number): void {
    this.#add(head, value);
  }

  #add({ labelNames, labelValues, created, timestamp }: SeriesHead, value: unknown): void {
    const labels = labelNames.map((name, i) => [name, labelValues[i]!] as const);
    this.families.at(-1)!.series.push({ labels, created, timestamp, value });
  }
}

/** A source that gives the recorded families. */
export function play(families: readonly RecordedFamily[]): MetricSource {
  return {
    visit(sink) {
      for (const family of families) {
        sink.family(family);
        for (const series of family.series) playSeries(sink, family, series);
      }
    },
  };
}

function playSeries(sink: SampleSink, { type }: RecordedFamily, series: RecordedSeries): void {
  const { labels, created, timestamp } = series;
  const head = {
    labelNames: labels.map(([name]) => name),
    labelValues: labels.map(([, value]) => value),
    created,
    timestamp,
    slot: 0,
    tenancy: 0,
  };
  switch (type) {
    case "counter": {
      const { value, exemplar } = series.value as RecordedCounter;
      sink.counter(head, value, exemplar);
      break;
    }
    case "gauge":
      sink.gauge(head, series.value as number);
      break;
    case "unknown":
      sink.unknown(head, series.value as number);
      break;
    case "info":
      sink.info(head);
      break;
    case "histogram":
    case "gaugehistogram": {
      const { buckets, ...value } = series.value as RecordedHistogram;
      sink.histogram(head, {
        ...value,
        bounds: buckets.slice(0, -1).map(([bound]) => bound),
        bucketCount: (i) => buckets[i]![1],
        exemplar: (i) => buckets[i]![2],
      });
      break;
    }
    case "summary": {
      const { quantiles, ...value } = series.value as RecordedSummary;
      sink.summary(head, {
        ...value,
        quantiles: quantiles.map(([quantile]) => quantile),
        quantile: (i) => quantiles[i]![1],
      });
      break;
    }
    case "stateset": {
      const set = series.value as RecordedStateSet;
      sink.stateSet(head, { states: set.map(([state]) => state), isSet: (i) => set[i]![1] });
      break;
    }
  }
}

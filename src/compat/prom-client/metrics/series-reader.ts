import type {
  Exemplar,
  HistogramValue,
  MetricSource,
  SampleSink,
  SeriesHead,
  SummaryValue,
} from "../../../index.ts";
import type { GivenLabels, LabelOrigins } from "./given-labels.ts";

/** A series as it is read: its labels, and their text, which is made once. */
export interface ReadSeries {
  readonly generation: number;
  readonly labels: GivenLabels;
  /** The labels as a page has them, without braces; undefined until it is needed. */
  text: string | undefined;
}

/** Makes something of one series. */
export type Read<Value, Result> = (series: ReadSeries, value: Value, exemplar?: Exemplar) => Result;

/** Reads the series of a metric, in the order in which they were added. */
export class SeriesReader<Value> {
  readonly #source: Pick<MetricSource, "visit">;
  readonly #origins: LabelOrigins;
  /** By slot. */
  readonly #series: ReadSeries[] = [];

  constructor(source: Pick<MetricSource, "visit">, origins: LabelOrigins) {
    this.#source = source;
    this.#origins = origins;
  }

  read<Result>(read: Read<Value, Result>): Result[] {
    const generations: number[] = [];
    const results: Result[] = [];
    let newest = 0;
    let isInOrder = true;
    const take = (head: SeriesHead, value: unknown, exemplar?: Exemplar) => {
      const generation = head.tenancy;
      isInOrder &&= generation > newest;
      newest = generation;
      generations.push(generation);
      results.push(read(this.#of(head), value as Value, exemplar));
    };
    for (const _ of this.#source.visit(new Sink(take)) ?? []);
    return isInOrder ? results : inOrder(results, generations);
  }

  #of(head: SeriesHead): ReadSeries {
    const known = this.#series[head.slot];
    if (known?.generation === head.tenancy) return known;
    const labels = this.#origins.of(head.labelValues);
    const series = { generation: head.tenancy, labels, text: undefined };
    this.#series[head.slot] = series;
    return series;
  }
}

/** A series that was removed leaves its slot to another one, which was added later than those behind it. */
function inOrder<Result>(results: readonly Result[], generations: readonly number[]): Result[] {
  const places = generations.map((_, i) => i);
  places.sort((a, b) => generations[a]! - generations[b]!);
  return places.map((place) => results[place]!);
}

type Take = (head: SeriesHead, value: unknown, exemplar?: Exemplar) => void;

class Sink implements SampleSink {
  readonly #take: Take;

  constructor(take: Take) {
    this.#take = take;
  }

  family(): void {}

  counter(head: SeriesHead, value: number, exemplar?: Exemplar): void {
    this.#take(head, value, exemplar);
  }

  gauge(head: SeriesHead, value: number): void {
    this.#take(head, value);
  }

  histogram(head: SeriesHead, value: HistogramValue): void {
    this.#take(head, value);
  }

  summary(head: SeriesHead, value: SummaryValue): void {
    this.#take(head, value);
  }

  info(): void {}

  stateSet(): void {}

  unknown(): void {}
}

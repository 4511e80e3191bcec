import type { PageSink } from "../exposition/render.ts";
import { exposedNames, type Family } from "../model/family.ts";
import type {
  HistogramValue,
  SeriesHead,
  StateSetValue,
  SummaryValue,
} from "../model/sample-sink.ts";

/** A series as the page lists it. */
export interface ListedSeries {
  readonly labels: readonly (readonly [name: string, value: string])[];
  /** What it is sorted by; for histograms and summaries how many values were observed. */
  readonly value: number | null;
  /** The mean of what was observed. */
  readonly mean?: number | null;
  /** The states that are on. */
  readonly states?: readonly string[];
}

/** Lists the series of the families that visit it. */
export class SeriesListSink implements PageSink {
  readonly length = 0;
  readonly series: ListedSeries[] = [];

  family(): void {}

  counter(head: SeriesHead, value: number): void {
    this.#add(head, value);
  }

  gauge(head: SeriesHead, value: number): void {
    this.#add(head, value);
  }

  unknown(head: SeriesHead, value: number): void {
    this.#add(head, value);
  }

  info(head: SeriesHead): void {
    this.#add(head, 1);
  }

  histogram(head: SeriesHead, { count, sum = Number.NaN }: HistogramValue): void {
    this.#add(head, count, { mean: finite(sum / count) });
  }

  summary(head: SeriesHead, { count, sum = Number.NaN }: SummaryValue): void {
    this.#add(head, count ?? Number.NaN, { mean: finite(sum / (count ?? 0)) });
  }

  stateSet(head: SeriesHead, value: StateSetValue): void {
    const on = value.states.filter((_, i) => value.isSet(i));
    this.#add(head, on.length, { states: on });
  }

  truncate(): void {}

  names(family: Family): string[] {
    return exposedNames(family);
  }

  labelName(name: string): string {
    return name;
  }

  finish(): Uint8Array {
    return new Uint8Array();
  }

  #add(
    { labelNames, labelValues }: SeriesHead,
    value: number,
    rest: Pick<ListedSeries, "mean" | "states"> = {},
  ): void {
    const values = labelValues;
    const labels = labelNames.map((name, i) => [name, values[i]!] as const);
    this.series.push({ labels, value: finite(value), ...rest });
  }
}

/** JSON has no other numbers. */
function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}

/** The part of a list that is on the screen: the largest values first, of those that have a text in a label. */
export function listedPart(
  series: readonly ListedSeries[],
  { filter, offset, limit }: { filter: string; offset: number; limit: number },
) {
  const text = filter.toLowerCase();
  const found =
    text === ""
      ? [...series]
      : series.filter(({ labels }) =>
          labels.some(([name, value]) => `${name}=${value}`.toLowerCase().includes(text)),
        );
  found.sort(
    (a, b) => (b.value ?? Number.NEGATIVE_INFINITY) - (a.value ?? Number.NEGATIVE_INFINITY),
  );
  return {
    all: series.length,
    found: found.length,
    offset,
    series: found.slice(offset, offset + limit),
  };
}

/** The labels of a family, those with the most values first. */
export function labelCounts(series: readonly ListedSeries[]): [name: string, values: number][] {
  const values = new Map<string, Set<string>>();
  for (const { labels } of series) {
    for (const [name, value] of labels) {
      const seen = values.get(name) ?? new Set();
      values.set(name, seen.add(value));
    }
  }
  const counts = Array.from(values, ([name, { size }]): [string, number] => [name, size]);
  return counts.sort(([, a], [, b]) => b - a);
}

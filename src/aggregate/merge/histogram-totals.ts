import type { Family } from "../../model/family.ts";
import type {
  Exemplar,
  HistogramValue,
  NativeHistogram,
  SampleSink,
  SeriesHead,
} from "../../model/sample-sink.ts";
import { DurationSums, ExactSums } from "../exact-sum.ts";
import type { Extra } from "../region/layout.ts";
import type { Rows } from "../region/reader.ts";
import type { SeriesLog } from "../region/series-log.ts";
import { NativeSum } from "./native-sum.ts";
import type { Positions } from "./positions.ts";
import { newer, Totals } from "./totals.ts";

/**
 * Histograms, where members may have different bounds. What a member counted in a bucket goes into the
 * bucket of the sum that ends at or after the end of that one: so a cumulative count is never too high,
 * and is exact at all bounds that every member has.
 */
export class HistogramTotals extends Totals {
  readonly #bounds: readonly number[];
  /** A row has the buckets of one series. */
  readonly #counts = new ExactSums();
  readonly #sums: DurationSums;
  readonly #width: number;
  readonly #exemplars = new Map<number, Exemplar>();
  readonly #natives = new Map<number, NativeSum>();
  /** How many observations the native sides have. */
  readonly #nativeCounts: Float64Array;
  readonly #hasNoSum = new Set<number>();
  readonly #places = new WeakMap<SeriesLog, readonly number[]>();
  readonly #value: TotalValue;

  constructor(family: Family, positions: Positions, bounds: readonly number[]) {
    super(family, positions);
    this.#bounds = bounds;
    this.#width = bounds.length + 1;
    this.#counts.clear(this.size * this.#width);
    this.#sums = new DurationSums(this.size);
    this.#nativeCounts = new Float64Array(this.size);
    this.#value = new TotalValue(bounds);
  }

  protected override addRow({ numbers, series }: Rows, from: number, position: number): void {
    const to = position * this.#width;
    const places = this.#placesOf(series);
    for (let i = 0; i < places.length; i += 1) {
      this.#counts.add(to + places[i]!, numbers[from + i]!);
    }
    this.#sums.add(position, numbers, from + places.length);
  }

  protected override addExtra(
    { series }: Rows,
    _row: number,
    position: number,
    extra: Extra,
  ): void {
    const { exemplars = [], native, nativeCount = 0, hasNoSum } = extra;
    const places = this.#placesOf(series);
    for (const [bucket, exemplar] of exemplars) {
      const key = position * this.#width + (places[bucket] ?? this.#bounds.length);
      this.#exemplars.set(key, newer(this.#exemplars.get(key), exemplar));
    }
    if (hasNoSum) this.#hasNoSum.add(position);
    if (native === undefined) return;
    const sum = this.#natives.get(position) ?? new NativeSum();
    this.#natives.set(position, sum);
    sum.add(native);
    this.#nativeCounts[position]! += nativeCount;
  }

  /** Where each bucket of a member's is in the sum. */
  #placesOf(series: SeriesLog): readonly number[] {
    let places = this.#places.get(series);
    if (places === undefined) {
      const { shape } = series.layout;
      const found = (shape as readonly number[]).map((bound) => {
        const place = this.#bounds.findIndex((other) => other >= bound);
        return place < 0 ? this.#bounds.length : place;
      });
      places = [...found, this.#bounds.length];
      this.#places.set(series, places);
    }
    return places;
  }

  protected override write(sink: SampleSink, head: SeriesHead, position: number): void {
    const value = this.#value;
    const from = position * this.#width;
    value.counts = this.#bounds.map((_, i) => this.#counts.get(from + i));
    value.counts.push(this.#counts.get(from + this.#bounds.length));
    value.count = value.counts.reduce((sum, count) => sum + count, 0);
    value.sum = this.#hasNoSum.has(position) ? undefined : this.#sums.get(position);
    value.exemplar = (i) => this.#exemplars.get(from + i);
    // Where a member has no native side, the others alone would not fit the count.
    const isWhole = this.#nativeCounts[position] === value.count;
    value.native = isWhole ? this.#natives.get(position)?.value() : undefined;
    sink.histogram(head, value);
  }
}

class TotalValue implements HistogramValue {
  readonly bounds: readonly number[];
  counts: number[] = [];
  count = 0;
  sum: number | undefined;
  native: NativeHistogram | undefined;
  exemplar: (i: number) => Exemplar | undefined = () => undefined;

  constructor(bounds: readonly number[]) {
    this.bounds = bounds;
  }

  bucketCount(i: number): number {
    return this.counts[i]!;
  }
}

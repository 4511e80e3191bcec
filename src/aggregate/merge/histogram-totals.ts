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
import type { PositionRow } from "./position-row.ts";
import type { Positions } from "./positions.ts";
import type { Allocate } from "./sum-memory.ts";
import { newer, Totals } from "./totals.ts";

/**
 * Histograms, where members may have different bounds. What a member counted in a bucket goes into the
 * bucket of the sum that ends at or after the end of that one: so a cumulative count is never too high,
 * and is exact at all bounds that every member has.
 */
export class HistogramTotals extends Totals {
  readonly #bounds: readonly number[];
  /** A row has the buckets of one series. */
  readonly #counts: ExactSums;
  readonly #sums: DurationSums;
  readonly #width: number;
  readonly #exemplars = new Map<number, Exemplar>();
  readonly #withExemplar = new Set<number>();
  readonly #natives = new Map<number, NativeSum>();
  /** How many observations the native sides have. */
  readonly #nativeCounts: Float64Array;
  readonly #hasNoSum = new Set<number>();
  readonly #places = new WeakMap<SeriesLog, readonly number[]>();
  readonly #value: TotalValue;

  constructor(family: Family, positions: Positions, bounds: readonly number[], allocate: Allocate) {
    super(family, positions, bounds.length + 3, allocate);
    this.#bounds = bounds;
    this.#width = bounds.length + 1;
    this.#counts = new ExactSums(this.size * this.#width, allocate);
    this.#sums = new DurationSums(this.size, allocate);
    this.#nativeCounts = new Float64Array(this.size);
    this.#value = new TotalValue(bounds, this.chunk);
  }

  protected override addRows({ ids, numbers, width, series }: Rows, at: readonly number[]): void {
    const places = this.#placesOf(series);
    for (let row = 0; row < ids.length; row += 1) {
      const position = at[ids[row]!]!;
      const to = position * this.#width;
      const from = row * width;
      for (let i = 0; i < places.length; i += 1) {
        this.#counts.add(to + places[i]!, numbers[from + i]!);
      }
      this.#sums.add(position, numbers, from + places.length);
    }
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
      this.#withExemplar.add(position);
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

  protected override fill(from: number, to: number): void {
    const { chunk } = this;
    const width = this.#width;
    let at = from * (width + 2);
    for (let position = from; position < to; position += 1) {
      for (let i = 0; i < width; i += 1) chunk[at + i] = this.#counts.get(position * width + i);
      // The two numbers of a sum, which has been rounded here.
      chunk[at + width] = this.#sums.get(position);
      at += width + 2;
    }
  }

  protected override findExemplar(from: number, to: number): number {
    if (this.#exemplars.size === 0) return to;
    let position = from;
    while (position < to && !this.#withExemplar.has(position)) position += 1;
    return position;
  }

  protected override writeRun(sink: SampleSink, row: PositionRow): number {
    // Sinks write histograms by runs that are no gauges, and have sums.
    const isUsual = this.family.type === "histogram" && this.#hasNoSum.size === 0;
    if (!isUsual || sink.histograms === undefined) return row.from;
    return sink.histograms(row, { bounds: this.#bounds, isNative: this.#natives.size > 0 });
  }

  protected override write(sink: SampleSink, head: SeriesHead, position: number): void {
    const value = this.#value;
    const key = position * this.#width;
    value.at = position * (this.#width + 2);
    value.hasSum = !this.#hasNoSum.has(position);
    value.exemplar = (i) => this.#exemplars.get(key + i);
    // Where a member has no native side, the others alone would not fit the count.
    const isWhole = this.#nativeCounts[position] === value.count;
    value.native = isWhole ? this.#natives.get(position)?.value() : undefined;
    sink.histogram(head, value);
  }
}

/** A view of one series, reused for all of them. */
class TotalValue implements HistogramValue {
  readonly bounds: readonly number[];
  readonly #chunk: Float64Array;
  /** Where the numbers of the series begin. */
  at = 0;
  hasSum = true;
  native: NativeHistogram | undefined;
  exemplar: (i: number) => Exemplar | undefined = () => undefined;

  constructor(bounds: readonly number[], chunk: Float64Array) {
    this.bounds = bounds;
    this.#chunk = chunk;
  }

  bucketCount(i: number): number {
    return this.#chunk[this.at + i]!;
  }

  get count(): number {
    let count = 0;
    for (let i = 0; i <= this.bounds.length; i += 1) count += this.bucketCount(i);
    return count;
  }

  get sum(): number | undefined {
    return this.hasSum ? this.#chunk[this.at + this.bounds.length + 1] : undefined;
  }
}

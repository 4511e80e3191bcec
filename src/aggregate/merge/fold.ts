import { NO_SKETCH } from "../../instruments/summary/quantile-window.ts";
import { sumOf } from "../../model/duration-sum.ts";
import {
  type Exemplar,
  type HistogramValue,
  type NativeHistogram,
  type SampleSink,
  type SeriesHead,
  seriesHead,
} from "../../model/sample-sink.ts";
import { ExactSums } from "../exact-sum.ts";
import type { Extra, Layout } from "../region/layout.ts";
import type { Report } from "../region/reader.ts";
import { isCounting } from "./group-sum.ts";
import { NativeSum } from "./native-sum.ts";
import { newer } from "./totals.ts";

/** What a fold has of one series. */
class FoldedSeries {
  readonly values: readonly string[];
  readonly sums: ExactSums;
  readonly exemplars = new Map<number, Exemplar>();
  readonly natives = new NativeSum();
  created = Number.NaN;
  nativeCount = 0;
  hasNoSum = false;
  readonly #width: number;
  /** Undefined if they have changed since they were asked for. */
  #rows: readonly FoldedRow[] | undefined;

  constructor(values: readonly string[], width: number) {
    this.values = values;
    this.#width = width;
    this.sums = new ExactSums(width);
  }

  add(numbers: Float64Array, created: number): void {
    this.#rows = undefined;
    for (let i = 0; i < numbers.length; i += 1) this.sums.add(i, numbers[i]!);
    if (!(this.created <= created) && !Number.isNaN(created)) this.created = created;
  }

  addExtra(extra: Extra): void {
    this.#rows = undefined;
    const { exemplars = [], native, nativeCount = 0, hasNoSum } = extra;
    for (const [place, exemplar] of exemplars) {
      this.exemplars.set(place, newer(this.exemplars.get(place), exemplar));
    }
    if (native !== undefined) this.natives.add(native);
    this.nativeCount += nativeCount;
    this.hasNoSum ||= hasNoSum === true;
  }

  /** Rows whose exact sum this is; most series have one. */
  get rows(): readonly FoldedRow[] {
    this.#rows ??= this.#makeRows();
    return this.#rows;
  }

  #makeRows(): FoldedRow[] {
    const parts = Array.from({ length: this.#width }, (_, i) => this.sums.parts(i));
    const natives = this.natives.parts();
    const count = Math.max(1, natives.length, ...parts.map(({ length }) => length));
    return Array.from({ length: count }, (_, row) => ({
      numbers: parts.map((part) => part[row] ?? 0),
      exemplars: row === 0 ? this.exemplars : NO_EXEMPLARS,
      native: natives[row],
      nativeCount: row === 0 ? this.nativeCount : 0,
      hasNoSum: this.hasNoSum,
    }));
  }
}

interface FoldedRow {
  readonly numbers: readonly number[];
  readonly exemplars: ReadonlyMap<number, Exemplar>;
  readonly native: NativeHistogram | undefined;
  readonly nativeCount: number;
  readonly hasNoSum: boolean;
}

const NO_EXEMPLARS: ReadonlyMap<number, Exemplar> = new Map();

interface FoldedLayout {
  readonly layout: Layout;
  readonly width: number;
  readonly series: Map<string, FoldedSeries>;
}

/**
 * What members counted that have ended, as one. Nothing is rounded: where a number can't hold a sum, the
 * series has several rows.
 */
export class Fold {
  readonly #layouts = new Map<string, FoldedLayout>();

  add({ rows: all }: Report): void {
    for (const { series, width, ids, numbers, extras } of all) {
      if (!isCounting(series.layout.family)) continue;
      const folded = this.#layoutOf(series.layout, width);
      for (const [row, id] of ids.entries()) {
        const from = row * width;
        this.#seriesOf(folded, series.values[id]!).add(
          numbers.subarray(from, from + width),
          series.createds[id]!,
        );
      }
      for (const [row, extra] of extras) {
        this.#seriesOf(folded, series.values[ids[row]!]!).addExtra(extra);
      }
    }
  }

  visit(sink: SampleSink): void {
    for (const folded of this.#layouts.values()) {
      const { layout, series } = folded;
      sink.family(layout.family);
      let slot = 0;
      for (const one of series.values()) {
        const head = { ...seriesHead(layout.labelNames, one.values, one), table: folded, slot };
        for (const row of one.rows) write(sink, layout, head, row);
        slot += 1;
      }
    }
  }

  /** Drops what it has of a family. */
  forget(family: string): void {
    for (const [key, { layout }] of this.#layouts) {
      if (layout.family.name === family) this.#layouts.delete(key);
    }
  }

  #layoutOf(layout: Layout, width: number): FoldedLayout {
    const key = JSON.stringify(layout);
    const folded = this.#layouts.get(key) ?? { layout, width, series: new Map() };
    this.#layouts.set(key, folded);
    return folded;
  }

  #seriesOf({ series, width }: FoldedLayout, values: readonly string[]): FoldedSeries {
    const key = JSON.stringify(values);
    const folded = series.get(key) ?? new FoldedSeries(values, width);
    series.set(key, folded);
    return folded;
  }
}

function write(
  sink: SampleSink,
  { family, shape }: Layout,
  head: SeriesHead,
  row: FoldedRow,
): void {
  const { numbers, exemplars } = row;
  if (family.type === "counter") sink.counter(head, numbers[0]!, exemplars.get(0));
  else if (family.type === "histogram") sink.histogram(head, histogramOf(shape, row));
  else sink.summary(head, summaryOf(shape, numbers));
}

function histogramOf(shape: Layout["shape"], row: FoldedRow): HistogramValue {
  const { numbers, exemplars, native, nativeCount, hasNoSum } = row;
  return {
    bounds: shape as readonly number[],
    bucketCount: (i) => numbers[i]!,
    exemplar: (i) => exemplars.get(i),
    // Of the native side: some of what the classic side has may come from members without a native one.
    count: nativeCount,
    sum: hasNoSum ? undefined : sumOf(numbers.at(-2)!, numbers.at(-1)!),
    sumParts: hasNoSum ? undefined : [numbers.at(-2)!, numbers.at(-1)!],
    native,
  };
}

/** The window of a member that has ended is empty. */
function summaryOf(shape: Layout["shape"], [count, observed, nanoseconds]: readonly number[]) {
  return {
    quantiles: shape as readonly number[],
    quantile: () => Number.NaN,
    count,
    sum: sumOf(observed!, nanoseconds!),
    sumParts: [observed!, nanoseconds!] as const,
    sketch: NO_SKETCH,
  };
}

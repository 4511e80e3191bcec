import { SketchSum } from "../../instruments/summary/quantile-window.ts";
import type { Family } from "../../model/family.ts";
import type { SampleSink, SeriesHead } from "../../model/sample-sink.ts";
import { DurationSums, ExactSums } from "../exact-sum.ts";
import type { Extra } from "../region/layout.ts";
import type { Rows } from "../region/reader.ts";
import type { Positions } from "./positions.ts";
import type { Allocate } from "./sum-memory.ts";
import { Totals } from "./totals.ts";

/**
 * Summaries, whose quantiles are computed from the values of all members. Quantiles of sources that have
 * nothing else can't be added up: the sum has them only where one member alone has the series.
 */
export class SummaryTotals extends Totals {
  readonly #quantiles: readonly number[];
  readonly #counts: ExactSums;
  readonly #sums: DurationSums;
  readonly #sketches = new Map<number, SketchSum>();
  readonly #given = new Map<number, readonly number[]>();
  readonly #members: Uint32Array;

  constructor(
    family: Family,
    positions: Positions,
    quantiles: readonly number[],
    allocate: Allocate,
  ) {
    super(family, positions, 0, allocate);
    this.#quantiles = quantiles;
    this.#counts = new ExactSums(this.size, allocate);
    this.#sums = new DurationSums(this.size, allocate);
    this.#members = new Uint32Array(this.size);
  }

  protected override addRows({ ids, numbers, width }: Rows, at: readonly number[]): void {
    for (let row = 0; row < ids.length; row += 1) {
      const position = at[ids[row]!]!;
      this.#counts.add(position, numbers[row * width]!);
      this.#sums.add(position, numbers, row * width + 1);
      this.#members[position]! += 1;
    }
  }

  protected override addExtra(
    { series }: Rows,
    _row: number,
    position: number,
    { sketch, quantiles }: Extra,
  ): void {
    if (sketch !== undefined) {
      const sum = this.#sketches.get(position) ?? new SketchSum();
      this.#sketches.set(position, sum);
      sum.add(sketch);
    } else if (quantiles !== undefined) {
      const places = this.#quantiles.map((quantile) => series.layout.shape.indexOf(quantile));
      const values = places.map((place) => quantiles[place] ?? Number.NaN);
      this.#given.set(position, values);
    }
  }

  protected override write(sink: SampleSink, head: SeriesHead, position: number): void {
    const values = new Float64Array(this.#quantiles.length).fill(Number.NaN);
    const given = this.#members[position] === 1 ? this.#given.get(position) : undefined;
    if (given !== undefined) values.set(given);
    else this.#sketches.get(position)?.read(this.#quantiles, values);
    const [count, sum] = [this.#counts.get(position), this.#sums.get(position)];
    sink.summary(head, {
      quantiles: this.#quantiles,
      quantile: (i) => values[i]!,
      count,
      sum,
    });
  }
}

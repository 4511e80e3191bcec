import type { SeriesHead } from "../../model/sample-sink.ts";
import type { SeriesRun } from "../../model/series-run.ts";
import type { Positions } from "./positions.ts";

/** What a visit of a sum hands to the sink, reused for all of it: a run of series, and a view of one of them. */
export class PositionRow implements SeriesHead, SeriesRun {
  readonly table: Positions;
  readonly chunk: Float64Array;
  readonly stride: number;
  readonly timestamp = Number.NaN;
  /** Sinks keep the labels of one table for a family, so those of a run all have the same names. */
  readonly run: SeriesRun | undefined;
  readonly #findExemplar: (from: number, to: number) => number;
  from = 0;
  to = 0;
  slot = 0;
  at = 0;

  /**
   * @param chunk the numbers of all positions, as many as `stride` for each
   * @param findExemplar the first position of a range whose series has an exemplar, or the range's end
   */
  constructor(
    positions: Positions,
    chunk: Float64Array,
    stride: number,
    findExemplar: (from: number, to: number) => number,
  ) {
    this.table = positions;
    this.chunk = chunk;
    this.stride = stride;
    this.run = positions.isUniform ? this : undefined;
    this.#findExemplar = findExemplar;
  }

  /** Turns to the series from a position on, the first of which is also the one in view. */
  enter(position: number, to: number): void {
    this.slot = position;
    this.from = position;
    this.to = to;
    this.at = position * this.stride;
  }

  get tenancy(): number {
    return this.table.generation(this.slot);
  }

  get labelNames(): readonly string[] {
    return this.table.labelNames[this.slot]!;
  }

  get labelValues(): readonly string[] {
    return this.table.labelValues[this.slot]!;
  }

  get created(): number {
    return this.table.createds[this.slot]!;
  }

  labelValue(position: number, label: number): string {
    return this.table.labelValues[position]![label]!;
  }

  createdAt(position: number): number {
    return this.table.createds[position]!;
  }

  get firstExemplar(): number {
    return this.#findExemplar(this.from, this.to);
  }
}

import type { SeriesHead } from "../model/sample-sink.ts";
import type { SeriesRun } from "../model/series-run.ts";
import type { Chunks } from "../series/chunks.ts";
import type { SeriesTable } from "../series/series-table.ts";
import type { Definition } from "./definition/define.ts";

/**
 * What a visit hands to the sink, reused for all of it: a run of series, and a view of one of them with
 * its head and where its numbers are.
 */
export class SeriesRow implements SeriesHead, SeriesRun {
  readonly table: SeriesTable;
  readonly labelNames: readonly string[];
  private readonly rows: Chunks;
  private readonly constantValues: readonly string[];
  private readonly findExemplar: (from: number, to: number) => number;
  readonly timestamp = Number.NaN;
  readonly stride: number;
  readonly run = this;
  /** The series of the run are all in `chunk`. */
  from = 0;
  to = 0;
  slot = 0;
  chunk: Float64Array;
  at = 0;

  /** @param findExemplar the first slot of a range whose series has an exemplar, or the range's end */
  constructor(
    table: SeriesTable,
    rows: Chunks,
    definition: Definition,
    findExemplar: (from: number, to: number) => number,
  ) {
    this.table = table;
    this.rows = rows;
    this.stride = rows.stride;
    this.chunk = rows.chunk(0);
    this.constantValues = definition.constantLabels.values;
    this.labelNames = [...definition.constantLabels.names, ...definition.labelNames];
    this.findExemplar = findExemplar;
  }

  /** Turns to the series from a slot on, the first of which is also the one in view. */
  enter(slot: number, to: number): void {
    this.slot = slot;
    this.from = slot;
    this.to = to;
    this.chunk = this.rows.chunk(slot);
    this.at = this.rows.at(slot);
  }

  /** The generation of the series. */
  get tenancy(): number {
    return this.table.generation(this.slot);
  }

  get labelValues(): readonly string[] {
    return [...this.constantValues, ...this.table.values(this.slot)];
  }

  get created(): number {
    return this.table.created(this.slot);
  }

  labelValue(slot: number, label: number): string {
    const constant = this.constantValues[label];
    return constant ?? this.table.value(slot, label - this.constantValues.length);
  }

  createdAt(slot: number): number {
    return this.table.created(slot);
  }

  get firstExemplar(): number {
    return this.findExemplar(this.from, this.to);
  }
}

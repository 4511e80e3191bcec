import type { SeriesHead } from "../model/sample-sink.ts";
import type { Chunks } from "../series/chunks.ts";
import type { SeriesTable } from "../series/series-table.ts";
import type { Definition } from "./definition/define.ts";

/**
 * A view of one series for the sink, reused for every series of a visit: its head, and where its
 * numbers are.
 */
export class SeriesRow implements SeriesHead {
  readonly table: SeriesTable;
  readonly labelNames: readonly string[];
  private readonly constantValues: readonly string[];
  readonly timestamp = Number.NaN;
  slot = 0;
  /** The generation of the series in the slot. */
  tenancy = 0;
  chunk: Float64Array;
  at = 0;

  constructor(table: SeriesTable, rows: Chunks, definition: Definition) {
    this.table = table;
    this.chunk = rows.chunk(0);
    this.constantValues = definition.constantLabels.values;
    this.labelNames = [...definition.constantLabels.names, ...definition.labelNames];
  }

  get labelValues(): readonly string[] {
    return [...this.constantValues, ...this.table.values(this.slot)];
  }

  get created(): number {
    return this.table.created(this.slot);
  }
}

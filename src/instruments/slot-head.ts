import type { SeriesHead } from "../model/sample-sink.ts";
import type { SeriesTable } from "../series/series-table.ts";
import type { Definition } from "./definition.ts";

/** The head of each series of a visit in turn. */
export class SlotHead implements SeriesHead {
  readonly table: SeriesTable;
  readonly labelNames: readonly string[];
  private readonly constantValues: readonly string[];
  readonly timestamp = Number.NaN;
  slot = 0;
  tenancy = 0;

  constructor(table: SeriesTable, definition: Definition) {
    this.table = table;
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

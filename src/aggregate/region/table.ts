import { type Extra, type Layout, widthOf } from "./layout.ts";

/** The ids of a table's series by slot. */
interface KnownSeries {
  readonly generations: number[];
  readonly createds: number[];
  readonly ids: number[];
}

/** The rows of one layout. */
export class Table {
  readonly id: number;
  readonly layout: Layout;
  readonly width: number;
  /** How many series the log has of this layout. */
  logged = 0;
  rows = 0;
  /** Whether the report has the layout although there are no rows: its family has no series. */
  isListed = false;
  numbers = new Float64Array(16);
  /** The id of each row's series. */
  readonly ids: number[] = [];
  readonly extras: (readonly [number, Extra])[] = [];
  readonly bySlot = new WeakMap<object, KnownSeries>();
  readonly byValues = new Map<string, number>();

  constructor(id: number, layout: Layout) {
    this.id = id;
    this.layout = layout;
    this.width = widthOf(layout);
  }

  /** Makes room for further rows; returns the first of them. */
  extend(rows: number): number {
    const first = this.rows;
    this.rows += rows;
    const length = this.rows * this.width;
    if (length > this.numbers.length) {
      const grown = new Float64Array(2 * length);
      grown.set(this.numbers);
      this.numbers = grown;
    }
    return first;
  }

  cut(rows: number): void {
    this.rows = rows;
    while ((this.extras.at(-1)?.[0] ?? -1) >= rows) this.extras.pop();
  }
}

/** Stands where there is no table yet. */
export const NO_TABLE = new Table(-1, {
  family: { name: "", help: "", type: "unknown" },
  labelNames: [],
  shape: [],
});

/** What a layout's rows know of the series of a table. */
export function knownOf(table: Table, ofSeries: object): KnownSeries {
  let known = table.bySlot.get(ofSeries);
  if (known === undefined) {
    known = { generations: [], createds: [], ids: [] };
    table.bySlot.set(ofSeries, known);
  }
  return known;
}

/** Ids as runs of the first one and how many follow each other. */
export function runsOf(ids: readonly number[], length: number): number[] {
  const runs: number[] = [];
  for (let row = 0; row < length; ) {
    const first = row;
    while (row < length && ids[row] === ids[first]! + (row - first)) row += 1;
    runs.push(ids[first]!, row - first);
  }
  return runs;
}

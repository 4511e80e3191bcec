import type { SeriesSlots } from "../../model/series-run.ts";
import { type Extra, type Layout, widthOf } from "./layout.ts";

/** What is known of the series of an instrument: the ids of those that have been in a report, by slot. */
export class KnownSeries {
  readonly #generations: number[] = [];
  readonly #createds: number[] = [];
  #ids = new Int32Array(16);
  /** Where the runs end whose series all have an id, by where they begin, as long as no series begins anew. */
  readonly #runs = new Map<number, number>();
  #newest = 0;
  #restarts = 0;

  /** The id of a series; undefined if it has none so far. */
  get(slot: number, generation: number, created: number): number | undefined {
    const isKnown =
      this.#generations[slot] === generation && Object.is(this.#createds[slot], created);
    return isKnown ? this.#ids[slot] : undefined;
  }

  set(slot: number, generation: number, created: number, id: number): void {
    this.#generations[slot] = generation;
    this.#createds[slot] = created;
    this.#ids = grown(this.#ids, slot + 1);
    this.#ids[slot] = id;
  }

  /** The ids of the slots from `from` up to `to`. */
  ids(from: number, to: number): Int32Array {
    return this.#ids.subarray(from, to);
  }

  /** Whether all series of a run are known, without a look at each of them. */
  hasRun(table: SeriesSlots, from: number, to: number): boolean {
    if (table.newest !== this.#newest || table.restarts !== this.#restarts) {
      this.#runs.clear();
      this.#newest = table.newest;
      this.#restarts = table.restarts;
    }
    return this.#runs.get(from)! >= to;
  }

  addRun(from: number, to: number): void {
    this.#runs.set(from, to);
  }
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
  ids = new Int32Array(16);
  readonly extras: (readonly [number, Extra])[] = [];
  /** The runs that were last asked for: mostly those of the report before. */
  #runs: { readonly ids: Int32Array; readonly runs: readonly number[] } = {
    ids: new Int32Array(),
    runs: [],
  };
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
    this.ids = grown(this.ids, this.rows);
    this.numbers = grown(this.numbers, this.rows * this.width);
    return first;
  }

  /** The ids of all rows as runs: the first one, and how many follow each other. */
  get runs(): readonly number[] {
    const ids = this.ids.subarray(0, this.rows);
    if (!isSame(ids, this.#runs.ids)) this.#runs = { ids: ids.slice(), runs: runsOf(ids) };
    return this.#runs.runs;
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

/** The array, or a larger one that has the same, for so many numbers. */
function grown<Numbers extends Int32Array | Float64Array>(
  numbers: Numbers,
  length: number,
): Numbers {
  if (length <= numbers.length) return numbers;
  const larger = new (numbers.constructor as new (length: number) => Numbers)(2 * length);
  larger.set(numbers);
  return larger;
}

/** What a layout's rows know of the series of a table. */
export function knownOf(table: Table, ofSeries: object): KnownSeries {
  let known = table.bySlot.get(ofSeries);
  if (known === undefined) {
    known = new KnownSeries();
    table.bySlot.set(ofSeries, known);
  }
  return known;
}

function runsOf(ids: Int32Array): number[] {
  const runs: number[] = [];
  for (let row = 0; row < ids.length; ) {
    const first = row;
    while (row < ids.length && ids[row] === ids[first]! + (row - first)) row += 1;
    runs.push(ids[first]!, row - first);
  }
  return runs;
}

function isSame(a: Int32Array, b: Int32Array): boolean {
  return bytesOf(a).equals(bytesOf(b));
}

function bytesOf({ buffer, byteOffset, byteLength }: Int32Array): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}

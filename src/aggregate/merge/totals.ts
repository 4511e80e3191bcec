import type { Family } from "../../model/family.ts";
import type { Exemplar, SampleSink, SeriesHead } from "../../model/sample-sink.ts";
import { ExactSums } from "../exact-sum.ts";
import type { Rows } from "../region/reader.ts";
import type { Positions } from "./positions.ts";

/** How many series a visit writes before it may pause. */
const SERIES_PER_SLICE = 256;

/** What a family has in all members together, for one page. */
export abstract class Totals {
  readonly family: Family;
  protected readonly positions: Positions;
  /** How many series there may be at this moment. */
  protected readonly size: number;
  /** Which positions have a series. */
  readonly #isUsed: Uint8Array;

  constructor(family: Family, positions: Positions) {
    this.family = family;
    this.positions = positions;
    this.size = positions.size;
    this.#isUsed = new Uint8Array(positions.size);
  }

  /**
   * Adds the rows of one member.
   *
   * @param at where each series of the rows is, by its id
   */
  add(rows: Rows, at: readonly number[]): void {
    const { ids, width } = rows;
    for (let row = 0; row < ids.length; row += 1) {
      const position = at[ids[row]!]!;
      this.#isUsed[position] = 1;
      this.addRow(rows, row * width, position);
    }
    for (const [row, extra] of rows.extras) this.addExtra(rows, row, at[ids[row]!]!, extra);
  }

  protected abstract addRow(rows: Rows, from: number, position: number): void;

  protected addExtra(
    _rows: Rows,
    _row: number,
    _position: number,
    _extra: Rows["extras"][number][1],
  ): void {}

  protected abstract write(sink: SampleSink, head: SeriesHead, position: number): void;

  *visit(sink: SampleSink): Generator<void> {
    sink.family(this.family);
    const head = new PositionHead(this.positions);
    for (let position = 0; position < this.size; position += 1) {
      if (position % SERIES_PER_SLICE === 0) yield;
      if (this.#isUsed[position] === 0) continue;
      head.slot = position;
      this.write(sink, head, position);
    }
  }
}

/** A view of one series for the sink, reused for all of them. */
class PositionHead implements SeriesHead {
  readonly table: Positions;
  slot = 0;
  readonly tenancy = 1;
  readonly timestamp = Number.NaN;

  constructor(positions: Positions) {
    this.table = positions;
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
}

/** The newer of two exemplars; of equally new ones always the same. */
export function newer(a: Exemplar | undefined, b: Exemplar): Exemplar {
  if (a === undefined || !(a.timestamp >= b.timestamp)) return b;
  if (a.timestamp > b.timestamp) return a;
  return a.value > b.value ? a : b;
}

export class CounterTotals extends Totals {
  readonly #sums = new ExactSums();
  readonly #exemplars = new Map<number, Exemplar>();

  constructor(family: Family, positions: Positions) {
    super(family, positions);
    this.#sums.clear(this.size);
  }

  protected override addRow({ numbers }: Rows, from: number, position: number): void {
    this.#sums.add(position, numbers[from]!);
  }

  protected override addExtra(
    _rows: Rows,
    _row: number,
    position: number,
    { exemplars = [] }: Rows["extras"][number][1],
  ): void {
    for (const [, exemplar] of exemplars) {
      this.#exemplars.set(position, newer(this.#exemplars.get(position), exemplar));
    }
  }

  protected override write(sink: SampleSink, head: SeriesHead, position: number): void {
    sink.counter(head, this.#sums.get(position), this.#exemplars.get(position));
  }
}

/** A gauge, or a value of unknown type. */
export class GaugeTotals extends Totals {
  readonly #sums = new ExactSums();
  readonly #counts: Float64Array;
  /** The lowest, the highest or the latest value. */
  readonly #chosen: Float64Array;
  readonly #times: Float64Array;

  constructor(family: Family, positions: Positions) {
    super(family, positions);
    this.#sums.clear(this.size);
    this.#counts = new Float64Array(this.size);
    this.#chosen = new Float64Array(this.size);
    this.#times = new Float64Array(this.size);
  }

  protected override addRow({ numbers, width }: Rows, from: number, position: number): void {
    const value = numbers[from]!;
    const time = width === 2 ? numbers[from + 1]! : 0;
    if (this.#isChosen(value, time, position)) {
      this.#chosen[position] = value;
      this.#times[position] = time;
    }
    this.#counts[position]! += 1;
    this.#sums.add(position, value);
  }

  protected override write(sink: SampleSink, head: SeriesHead, position: number): void {
    const value = this.#value(position);
    if (this.family.type === "unknown") sink.unknown(head, value);
    else sink.gauge(head, value);
  }

  #value(position: number): number {
    const { aggregate = "sum" } = this.family;
    if (aggregate === "average") return this.#sums.get(position) / this.#counts[position]!;
    return aggregate === "sum" ? this.#sums.get(position) : this.#chosen[position]!;
  }

  #isChosen(value: number, time: number, position: number): boolean {
    const before = this.#chosen[position]!;
    if (this.#counts[position] === 0) return true;
    switch (this.family.aggregate) {
      case "min":
        return value < before || Number.isNaN(before);
      case "max":
        return value > before || Number.isNaN(before);
      default: {
        const timeBefore = this.#times[position]!;
        return time > timeBefore || (time === timeBefore && value > before);
      }
    }
  }
}

export class InfoTotals extends Totals {
  protected override addRow(): void {}

  protected override write(sink: SampleSink, head: SeriesHead): void {
    sink.info(head);
  }
}

/** A state is on if it is on in one of the members. */
export class StateSetTotals extends Totals {
  readonly #states: readonly string[];
  readonly #isOn: Uint8Array;

  constructor(family: Family, positions: Positions, states: readonly string[]) {
    super(family, positions);
    this.#states = states;
    this.#isOn = new Uint8Array(this.size * states.length);
  }

  protected override addRow({ numbers, series }: Rows, from: number, position: number): void {
    series.layout.shape.forEach((state, i) => {
      const place = this.#states.indexOf(state as string);
      if (place >= 0 && numbers[from + i] === 1) {
        this.#isOn[position * this.#states.length + place] = 1;
      }
    });
  }

  protected override write(sink: SampleSink, head: SeriesHead, position: number): void {
    const from = position * this.#states.length;
    sink.stateSet(head, {
      states: this.#states,
      isSet: (i) => this.#isOn[from + i] === 1,
    });
  }
}

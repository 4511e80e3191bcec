import { NUMBERS_BY_CALLS, NUMBERS_PER_RUN } from "../../instruments/instrument.ts";
import type { Family } from "../../model/family.ts";
import type { Exemplar, SampleSink, SeriesHead } from "../../model/sample-sink.ts";
import { ExactSums } from "../exact-sum.ts";
import type { Rows } from "../region/reader.ts";
import { PositionRow } from "./position-row.ts";
import type { Positions } from "./positions.ts";
import type { Allocate } from "./sum-memory.ts";

/** What a family has in all members together, for one page. */
export abstract class Totals {
  readonly family: Family;
  protected readonly positions: Positions;
  /** How many series there may be at this moment. */
  protected readonly size: number;
  /** The numbers that a page has of each position, as a run has them: as many as `stride`. */
  protected readonly chunk: Float64Array;
  readonly #stride: number;
  /** Which positions have a series. */
  readonly #isUsed: Uint8Array;

  constructor(family: Family, positions: Positions, stride: number, allocate: Allocate) {
    this.family = family;
    this.positions = positions;
    this.size = positions.size;
    this.chunk = allocate(this.size * stride);
    this.#stride = stride;
    this.#isUsed = new Uint8Array(this.size);
  }

  /**
   * Adds the rows of one member.
   *
   * @param at where each series of the rows is, by its id
   */
  add(rows: Rows, at: readonly number[]): void {
    const { ids } = rows;
    for (let row = 0; row < ids.length; row += 1) this.#isUsed[at[ids[row]!]!] = 1;
    this.addRows(rows, at);
    for (const [row, extra] of rows.extras) this.addExtra(rows, row, at[ids[row]!]!, extra);
  }

  protected abstract addRows(rows: Rows, at: readonly number[]): void;

  protected addExtra(
    _rows: Rows,
    _row: number,
    _position: number,
    _extra: Rows["extras"][number][1],
  ): void {}

  /** Computes the numbers of the positions from `from` up to `to`. */
  protected fill(_from: number, _to: number): void {}

  /** Writes a run of series as far as the sink can; returns the first position that it has not written. */
  protected writeRun(_sink: SampleSink, row: PositionRow): number {
    return row.from;
  }

  /** The first position from `from` on whose series has an exemplar; `to` if none below it has. */
  protected findExemplar(_from: number, to: number): number {
    return to;
  }

  protected abstract write(sink: SampleSink, head: SeriesHead, position: number): void;

  *visit(sink: SampleSink): Generator<void> {
    sink.family(this.family);
    const { size, positions, chunk } = this;
    const stride = Math.max(1, this.#stride);
    const row = new PositionRow(positions, chunk, stride, (...of) => this.findExemplar(...of));
    const perRun = Math.ceil(NUMBERS_PER_RUN / stride);
    for (let begin = 0; begin < size; ) {
      const end = Math.min(begin + perRun, endOfChunk(begin), size);
      this.fill(begin, end);
      while (begin < end) {
        const to = this.#endOfUsed(begin, end);
        begin = this.#writeSome(sink, row, begin, to);
        if (begin < to) yield;
        // The position there has no series, or there is none.
        else begin = to < end ? to + 1 : end;
      }
      yield;
    }
  }

  /** Writes some of the series up to the position `to`; returns the first one that it has not written. */
  #writeSome(sink: SampleSink, row: PositionRow, from: number, to: number): number {
    const end = Math.min(to, from + Math.ceil(NUMBERS_BY_CALLS / row.stride));
    for (let position = from; position < end; position += 1) {
      row.enter(position, to);
      const written = row.run === undefined ? position : this.writeRun(sink, row);
      if (written > position) return written;
      row.enter(position, to);
      this.write(sink, row, position);
    }
    return end;
  }

  #endOfUsed(from: number, to: number): number {
    let position = from;
    while (position < to && this.#isUsed[position] === 1) position += 1;
    return position;
  }
}

/** The end of what sinks keep together of a table: chunks that double up to 1,024 slots. */
function endOfChunk(slot: number): number {
  const size = Math.min(1024, 2 ** (31 - Math.clz32(slot + 1)));
  return (Math.floor((slot + 1) / size) + 1) * size - 1;
}

/** The newer of two exemplars; of equally new ones always the same. */
export function newer(a: Exemplar | undefined, b: Exemplar): Exemplar {
  if (a === undefined || !(a.timestamp >= b.timestamp)) return b;
  if (a.timestamp > b.timestamp) return a;
  return a.value > b.value ? a : b;
}

/** A type of one number, whose sum is exact. */
abstract class NumberTotals extends Totals {
  protected readonly sums: ExactSums;

  constructor(family: Family, positions: Positions, allocate: Allocate) {
    super(family, positions, 1, allocate);
    this.sums = new ExactSums(this.size, allocate);
  }

  protected override writeRun(sink: SampleSink, row: PositionRow): number {
    return sink.numbers?.(row) ?? row.from;
  }
}

export class CounterTotals extends NumberTotals {
  readonly #exemplars = new Map<number, Exemplar>();

  protected override addRows({ ids, numbers }: Rows, at: readonly number[]): void {
    for (let row = 0; row < ids.length; row += 1) this.sums.add(at[ids[row]!]!, numbers[row]!);
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

  protected override fill(from: number, to: number): void {
    for (let i = from; i < to; i += 1) this.chunk[i] = this.sums.get(i);
  }

  protected override findExemplar(from: number, to: number): number {
    if (this.#exemplars.size === 0) return to;
    let position = from;
    while (position < to && !this.#exemplars.has(position)) position += 1;
    return position;
  }

  protected override write(sink: SampleSink, head: SeriesHead, position: number): void {
    sink.counter(head, this.chunk[position]!, this.#exemplars.get(position));
  }
}

/** A gauge, or a value of unknown type. */
export class GaugeTotals extends NumberTotals {
  readonly #counts = new Float64Array(this.size);
  /** The lowest, the highest or the latest value. */
  readonly #chosen = new Float64Array(this.size);
  readonly #times = new Float64Array(this.size);

  protected override addRows({ ids, numbers, width }: Rows, at: readonly number[]): void {
    for (let row = 0; row < ids.length; row += 1) {
      const position = at[ids[row]!]!;
      const value = numbers[row * width]!;
      const time = width === 2 ? numbers[row * width + 1]! : 0;
      if (this.#isChosen(value, time, position)) {
        this.#chosen[position] = value;
        this.#times[position] = time;
      }
      this.#counts[position]! += 1;
      this.sums.add(position, value);
    }
  }

  protected override fill(from: number, to: number): void {
    for (let i = from; i < to; i += 1) this.chunk[i] = this.#value(i);
  }

  protected override writeRun(sink: SampleSink, row: PositionRow): number {
    return this.family.type === "gauge" ? super.writeRun(sink, row) : row.from;
  }

  protected override write(sink: SampleSink, head: SeriesHead, position: number): void {
    const value = this.chunk[position]!;
    if (this.family.type === "unknown") sink.unknown(head, value);
    else sink.gauge(head, value);
  }

  #value(position: number): number {
    const { aggregate = "sum" } = this.family;
    if (aggregate === "average") return this.sums.get(position) / this.#counts[position]!;
    return aggregate === "sum" ? this.sums.get(position) : this.#chosen[position]!;
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
  constructor(family: Family, positions: Positions, allocate: Allocate) {
    super(family, positions, 0, allocate);
  }

  protected override addRows(): void {}

  protected override write(sink: SampleSink, head: SeriesHead): void {
    sink.info(head);
  }
}

/** A state is on if it is on in one of the members. */
export class StateSetTotals extends Totals {
  readonly #states: readonly string[];
  readonly #isOn: Uint8Array;

  constructor(family: Family, positions: Positions, states: readonly string[], allocate: Allocate) {
    super(family, positions, 0, allocate);
    this.#states = states;
    this.#isOn = new Uint8Array(this.size * states.length);
  }

  protected override addRows({ ids, numbers, width, series }: Rows, at: readonly number[]): void {
    const places = series.layout.shape.map((state) => this.#states.indexOf(state as string));
    for (let row = 0; row < ids.length; row += 1) {
      const to = at[ids[row]!]! * this.#states.length;
      places.forEach((place, i) => {
        if (place >= 0 && numbers[row * width + i] === 1) this.#isOn[to + place] = 1;
      });
    }
  }

  protected override write(sink: SampleSink, head: SeriesHead, position: number): void {
    const from = position * this.#states.length;
    sink.stateSet(head, {
      states: this.#states,
      isSet: (i) => this.#isOn[from + i] === 1,
    });
  }
}

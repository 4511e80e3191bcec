import { type Point, ROWS, type Rows } from "./timeline.ts";

/** Whether a value goes up only, so that its rate is drawn, or is drawn as it is. */
export type TrackKind = "rate" | "value";

interface Reading {
  readonly value: number;
  readonly time: number;
}

/** One line of a chart: the numbers of one series, or of several together. */
export class Track {
  readonly labels: readonly (readonly [name: string, value: string])[];
  readonly #kind: TrackKind;
  readonly #rows = {
    fine: new Float64Array(ROWS).fill(Number.NaN),
    coarse: new Float64Array(ROWS).fill(Number.NaN),
  };
  readonly #before: { fine: Reading | undefined; coarse: Reading | undefined };
  #value = Number.NaN;
  /** How many samples have passed without a reading. */
  unread = 0;

  /** @param born when it began with zero, in milliseconds; undefined where that is not known */
  constructor(kind: TrackKind, labels: Track["labels"], born: number | undefined) {
    this.#kind = kind;
    this.labels = labels;
    const before = born === undefined ? undefined : { value: 0, time: born };
    this.#before = { fine: before, coarse: before };
  }

  /** Sets the value of the sample that is being taken. */
  set(value: number): void {
    this.#value = value;
  }

  /** Adds to the value of the sample that is being taken. */
  add(value: number): void {
    this.#value = Number.isNaN(this.#value) ? value : this.#value + value;
  }

  /** Ends a sample. */
  push(rows: Rows, time: number): void {
    this.unread = Number.isNaN(this.#value) ? this.unread + 1 : 0;
    this.#pushTo("fine", rows.fine, time);
    if (rows.coarse !== undefined) this.#pushTo("coarse", rows.coarse, time);
    this.#value = Number.NaN;
  }

  /** The numbers of rows; those that are not known are null, as JSON has no NaN. */
  at(points: readonly Point[]): (number | null)[] {
    return points.map(({ resolution, row }) => {
      const value = this.#rows[resolution][row]!;
      return Number.isFinite(value) ? Number(value.toPrecision(6)) : null;
    });
  }

  #pushTo(resolution: "fine" | "coarse", row: number, time: number): void {
    const value = this.#value;
    const before = this.#before[resolution];
    this.#rows[resolution][row] = this.#kind === "value" ? value : rate(before, value, time);
    if (!Number.isNaN(value)) this.#before[resolution] = { value, time };
  }
}

/** What was added in a second. Unknown after a fall: the series was reset, or others have left. */
function rate(before: Reading | undefined, value: number, time: number): number {
  if (before === undefined || value < before.value) return Number.NaN;
  return ((value - before.value) * 1000) / (time - before.time);
}

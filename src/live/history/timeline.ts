/** How many rows each of the two resolutions has. */
export const ROWS = 120;

/** The time between two samples, in milliseconds. */
export const FINE_MS = 1000;

/** Where the rows of one sample go. */
export interface Rows {
  readonly fine: number;
  /** Undefined where the sample has no row in the coarse resolution. */
  readonly coarse: number | undefined;
}

/** One row that somebody asks for. */
export interface Point {
  readonly time: number;
  readonly resolution: "fine" | "coarse";
  readonly row: number;
}

/**
 * The times of a history in two resolutions: each second of the last two minutes, and fewer samples of all
 * of it.
 */
export class Timeline {
  /** Every which sample has a coarse row. */
  readonly stride: number;
  readonly #fine = new Float64Array(ROWS).fill(Number.NaN);
  readonly #coarse = new Float64Array(ROWS).fill(Number.NaN);
  #samples = 0;
  #last = 0;

  constructor(historySeconds: number) {
    this.stride = Math.max(1, Math.round((historySeconds * 1000) / FINE_MS / ROWS));
  }

  /** Whether the next sample has a coarse row. */
  get isCoarseNext(): boolean {
    return this.#samples % this.stride === 0;
  }

  /** The time of the newest sample, in milliseconds since the epoch; 0 where there is none. */
  get last(): number {
    return this.#last;
  }

  /** The rows of a new sample. Times always rise, also when the clock is set back. */
  next(now: number): Rows {
    const isCoarse = this.isCoarseNext;
    const time = Math.max(now, this.#last + 1);
    const fine = this.#samples % ROWS;
    const coarse = isCoarse ? Math.floor(this.#samples / this.stride) % ROWS : undefined;
    this.#fine[fine] = time;
    if (coarse !== undefined) this.#coarse[coarse] = time;
    this.#samples += 1;
    this.#last = time;
    return { fine, coarse };
  }

  /** The rows after a time, in their order: coarse ones, and fine ones where there are any. */
  since(time: number): Point[] {
    const fine = ordered(this.#fine, "fine");
    const begin = fine[0]?.time ?? Number.POSITIVE_INFINITY;
    const coarse = ordered(this.#coarse, "coarse").filter((point) => point.time < begin);
    return [...coarse, ...fine].filter((point) => point.time > time);
  }
}

function ordered(times: Float64Array, resolution: Point["resolution"]): Point[] {
  return Array.from(times, (time, row) => ({ time, resolution, row }))
    .filter(({ time }) => !Number.isNaN(time))
    .sort((a, b) => a.time - b.time);
}

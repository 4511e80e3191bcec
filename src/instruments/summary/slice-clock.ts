/** A window of time has this many slices: when a new one begins, the oldest leaves the window. */
export const SLICES = 5;

/** At most this many observations share one reading of the clock. */
const MAX_SHARED = 1024;
/** As many observations share a reading as this part of those that came in quick succession before. */
const SHARED_PART = 1 / 16;
/** Observations are not in quick succession if this part of a slice passes between two readings. */
const PAUSE_PART = 1 / 64;

/**
 * Tells in which slice of time an observation falls. Reading the clock would take longer than counting
 * the observation, so up to 1024 observations share one reading while many come in quick succession.
 * An observation is dated by the last reading: never too late, but possibly too early.
 */
export class SliceClock {
  /** The current slice, counted up from 0. */
  slice = 0;
  private readonly now: () => number;
  private readonly sliceMs: number;
  private lastMs: number;
  private elapsedMs = 0;
  /** How many observations have come in quick succession, including those until the next reading. */
  private quick = 0;
  private untilReading = 1;

  constructor(windowMs: number, now: () => number) {
    this.sliceMs = windowMs / SLICES;
    this.now = now;
    this.lastMs = now();
  }

  /** The slice of an observation; to be called for each of them. */
  tick(): number {
    this.untilReading -= 1;
    if (this.untilReading <= 0) this.read();
    return this.slice;
  }

  /** Reads the clock now, and for each of the next observations. */
  sync(): void {
    this.read();
    this.quick = 0;
    this.untilReading = 1;
  }

  private read(): void {
    const now = this.now();
    // A clock that is set back must not stop the window until it has caught up.
    const passedMs = Math.max(0, now - this.lastMs);
    this.lastMs = now;
    this.elapsedMs += passedMs;
    this.slice = Math.floor(this.elapsedMs / this.sliceMs);
    if (passedMs > PAUSE_PART * this.sliceMs) this.quick = 0;
    this.untilReading = Math.min(1 + Math.floor(this.quick * SHARED_PART), MAX_SHARED);
    this.quick += this.untilReading;
  }
}

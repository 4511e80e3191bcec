/** A window of time is this many slices, of which the oldest goes when a new one begins. */
export const SLICES = 5;

/** The most observations between two looks at the clock. */
const MAX_STRIDE = 1024;
/** They are this part of the observations that came in quick succession before. */
const STRIDE_PART = 1 / 16;
/** A look shows a pause where this part of a slice has passed since the one before. */
const PAUSE_PART = 1 / 64;

/**
 * Tells in which slice of time an observation falls without a clock call for each: one that is not
 * looked at is dated by the look before, and so never too late. While observations come slowly the
 * clock is looked at for each; as they come quickly, for one in up to 1024.
 */
export class SliceClock {
  /** The number of the slice under way. */
  epoch = 0;
  /** Its place among the slices of a window. */
  slice = 0;
  readonly #now: () => number;
  readonly #sliceMs: number;
  #last: number;
  #elapsedMs = 0;
  /** Observations in quick succession, those up to the next look included. */
  #quick = 0;
  #untilLook = 1;

  constructor(windowMs: number, now: () => number) {
    this.#sliceMs = windowMs / SLICES;
    this.#now = now;
    this.#last = now();
  }

  /** To be called for each observation. */
  tick(): void {
    this.#untilLook -= 1;
    if (this.#untilLook === 0) this.#look();
  }

  /** To be called where the time matters: it is exact, and for a while each observation's is. */
  sync(): void {
    this.#look();
    this.#quick = 0;
    this.#untilLook = 1;
  }

  #look(): void {
    const now = this.#now();
    // A clock that is set back stops the window for no longer than until the next look.
    const passedMs = Math.max(0, now - this.#last);
    this.#last = now;
    this.#elapsedMs += passedMs;
    this.epoch = Math.floor(this.#elapsedMs / this.#sliceMs);
    this.slice = this.epoch % SLICES;
    if (passedMs > PAUSE_PART * this.#sliceMs) this.#quick = 0;
    this.#untilLook = Math.min(1 + Math.floor(this.#quick * STRIDE_PART), MAX_STRIDE);
    this.#quick += this.#untilLook;
  }
}

/** The series of an instrument by their slots. A slot may have one series after another. */
export interface SeriesSlots {
  /** One past the highest slot ever used. */
  readonly slotCount: number;
  /** How many series there are. */
  readonly size: number;
  /** The generation of the newest series. */
  readonly newest: number;
  /** How often a series has begun anew. */
  readonly restarts: number;
  /** Tells apart the series of a slot; it grows with each series, and is 0 for a free slot. */
  generation(slot: number): number;
}

/**
 * Series whose numbers stand one behind the other, so that a sink can write them in one loop. It is only
 * valid during the call.
 */
export interface SeriesRun {
  readonly table: SeriesSlots;
  /** The same array for all series of a visit. */
  readonly labelNames: readonly string[];
  /** The value of `labelNames[label]`. */
  labelValue(slot: number, label: number): string;
  /** When the series in a slot began, in seconds since the epoch. */
  createdAt(slot: number): number;
  /** The first slot of the run. All slots up to `to` have a series. */
  readonly from: number;
  readonly to: number;
  /** Has the numbers of the run, from `at` on. */
  readonly chunk: Float64Array;
  readonly at: number;
  /** How many numbers each series has. */
  readonly stride: number;
  /** The first slot whose series has an exemplar; `to` if there is none. */
  readonly firstExemplar: number;
}

/**
 * What series of a histogram have beside their numbers: these are the count of each bucket, and the two
 * numbers of the sum (see `addNanoseconds`).
 */
export interface HistogramShape {
  /** As those of a `HistogramValue`. */
  readonly bounds: readonly number[];
  /** Whether the series have native buckets, too. */
  readonly isNative: boolean;
}

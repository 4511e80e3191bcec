import type { CountsMemory } from "./histogram/native/bucket-counts.ts";

/**
 * Is told of all series of a family and of where their numbers are, so that other threads can read them
 * at any time.
 */
export interface SeriesLedger {
  /** Makes the chunk with the rows from a slot on. */
  chunk(length: number, firstSlot: number): Float64Array;
  /** Where the native counts of a slot are kept. */
  countsOf(slot: number): CountsMemory;
  /** The slot has a series, and its row has the numbers. */
  added(slot: number): void;
  /** The series in the slot has gone. Its row stays as it is until `settle` was called. */
  gone(slot: number): void;
  /** To be called before rows of series that have gone are used again. */
  settle(): void;
  /** The family has left its registry. */
  ended(): void;
}

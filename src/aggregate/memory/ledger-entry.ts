import type { NativePlaces } from "../../instruments/histogram/native/state.ts";

/**
 * What the log of a region has besides layouts and series: where numbers are, in bytes from the beginning
 * of the memory, and what happened to series. Layouts are named by their place in the log.
 */
export type LedgerEntry =
  /** The rows from a slot on are there. */
  | readonly ["chunk", layout: number, firstSlot: number, at: number, length: number]
  /** The newest series of the layout is in this slot. */
  | readonly ["at", layout: number, slot: number]
  | readonly ["native", layout: number, slot: number, places: NativeEntry]
  /** The row of the slot is no series any more. */
  | readonly ["gone", layout: number, slot: number]
  /** A report of what series had counted that have gone, and its log, in base 64. */
  | readonly ["kept", log: string, report: string]
  /** What was kept of a family goes. */
  | readonly ["forget", family: string]
  /** The family has gone. */
  | readonly ["ended", layout: number];

/** Where the counts of a native histogram are: of each run of buckets its first index, where it is, and its length. */
export interface NativeEntry {
  readonly schema: number;
  readonly zeroThreshold: number;
  readonly cells: number;
  readonly positive: readonly number[];
  readonly negative: readonly number[];
}

export function nativeEntry(places: NativePlaces): NativeEntry {
  const { schema, zeroThreshold, cells, positive, negative } = places;
  return {
    schema,
    zeroThreshold,
    cells: cells.byteOffset,
    positive: positive.flatMap(({ first, counts }) => [first, counts.byteOffset, counts.length]),
    negative: negative.flatMap(({ first, counts }) => [first, counts.byteOffset, counts.length]),
  };
}

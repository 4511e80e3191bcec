import type { EscapingScheme } from "../../model/escaping.ts";
import { isLegacyLabelName } from "../../model/names.ts";
import type { SeriesRun, SeriesSlots } from "../../model/series-run.ts";
import { type GrowingBytes, TextBytes } from "../bytes/growing-bytes.ts";

/**
 * A chunk has the bytes of 256 slots, the first one those of 255. They are encoded at once, which takes a fraction of a
 * millisecond.
 */
const CHUNK_BITS = 8;
const chunkOf = (slot: number) => (slot + 1) >> CHUNK_BITS;
const firstSlot = (index: number) => Math.max(0, (index << CHUNK_BITS) - 1);

/** What is kept of each table, for as long as the table lives. */
const keptOfTables = new WeakMap<SeriesSlots, Map<string, KeptBytes>>();

/**
 * The bytes that are kept of the table in which a run of series lives.
 *
 * @param what tells the bytes of different formats apart
 */
export function keptBytesOf(
  { table, labelNames }: SeriesRun,
  what: string,
  scheme: EscapingScheme,
  dependOnCreated = false,
): KeptBytes {
  let ofTable = keptOfTables.get(table);
  if (ofTable === undefined) {
    ofTable = new Map();
    keptOfTables.set(table, ofTable);
  }
  // Most names look the same under every scheme, and share one set of bytes.
  const key = labelNames.every(isLegacyLabelName) ? what : `${what} ${scheme}`;
  let kept = ofTable.get(key);
  if (kept === undefined) {
    kept = new KeptBytes(table, dependOnCreated);
    ofTable.set(key, kept);
  }
  kept.begin();
  return kept;
}

/** Chunks that so many visits did not use are dropped: their series are gone, or not written any more. */
const UNUSED_VISITS = 16;

/** Writes what is to be kept of the series in a slot. */
export type Encoder = (out: TextBytes, run: SeriesRun, slot: number) => void;

/** What is kept of the series in some slots, one behind the other. */
export interface KeptChunk {
  readonly view: DataView;
  /** The slot that comes first. */
  readonly first: number;
  /** Where the bytes of each slot begin, and where those of the last one end. */
  readonly starts: Uint32Array;
}

interface Chunk extends KeptChunk {
  readonly bytes: GrowingBytes;
  /** The generation of the table's newest series when this was encoded: later series are not in it. */
  newest: number;
  /** Where the bytes depend on when series began: how often one had begun anew by then. */
  readonly restarts: number;
  /** The last visit that used it. */
  usedAt: number;
}

/**
 * What is the same of a table's series in every scrape, such as their labels: encoded when a series is
 * first written, and copied from then on.
 */
export class KeptBytes {
  private readonly table: SeriesSlots;
  private readonly dependOnCreated: boolean;
  private readonly chunks: (Chunk | undefined)[] = [];
  private visits = 0;

  constructor(table: SeriesSlots, dependOnCreated: boolean) {
    this.table = table;
    this.dependOnCreated = dependOnCreated;
  }

  /** A visit begins. */
  begin(): void {
    this.visits += 1;
    const { chunks } = this;
    for (let index = 0; index < chunks.length; index += 1) {
      const chunk = chunks[index];
      if (chunk && chunk.usedAt < this.visits - UNUSED_VISITS) chunks[index] = undefined;
    }
  }

  /** The chunk with a slot of a run. All series in it that are not kept yet are encoded. */
  chunk(slot: number, run: SeriesRun, encode: Encoder): KeptChunk {
    const index = chunkOf(slot);
    const chunk = this.chunks[index];
    const isValid = chunk !== undefined && chunk.restarts === this.restarts;
    const isCurrent = isValid && (chunk.newest === this.table.newest || this.hasAll(chunk));
    if (!isCurrent) return this.renew(index, isValid ? chunk : undefined, run, encode);
    chunk.usedAt = this.visits;
    return chunk;
  }

  /** Drops what is kept of a slot and those around it: it is kept elsewhere. */
  drop(slot: number): void {
    this.chunks[chunkOf(slot)] = undefined;
  }

  private get restarts(): number {
    return this.dependOnCreated ? this.table.restarts : 0;
  }

  /** Whether all series in the slots of a chunk are in it. */
  private hasAll(chunk: Chunk): boolean {
    const { table } = this;
    const end = Math.min(firstSlot(chunkOf(chunk.first) + 1), table.slotCount);
    for (let slot = chunk.first; slot < end; slot += 1) {
      if (table.generation(slot) > chunk.newest) return false;
    }
    chunk.newest = table.newest;
    return true;
  }

  /** Replaces a chunk: copies what the old one has, and encodes the rest. */
  private renew(index: number, old: Chunk | undefined, run: SeriesRun, encode: Encoder): Chunk {
    const { table, restarts } = this;
    const first = firstSlot(index);
    const count = Math.min(firstSlot(index + 1), table.slotCount) - first;
    const starts = new Uint32Array(count + 1);
    const bytes = this.encoded(old, first, starts, run, encode);
    const { newest } = table;
    const usedAt = this.visits;
    const chunk = { bytes, view: bytes.view, first, starts, newest, restarts, usedAt };
    this.chunks[index] = chunk;
    return chunk;
  }

  private encoded(
    old: Chunk | undefined,
    first: number,
    starts: Uint32Array,
    run: SeriesRun,
    encode: Encoder,
  ): GrowingBytes {
    const { table } = this;
    const count = starts.length - 1;
    const bytes = new TextBytes(old === undefined ? 64 * count : old.bytes.length + 256);
    for (let i = 0; i < count; i += 1) {
      starts[i] = bytes.length;
      const generation = table.generation(first + i);
      if (generation === 0) continue;
      if (old !== undefined && generation <= old.newest) {
        bytes.copy(old.view, old.starts[i]!, old.starts[i + 1]! - old.starts[i]!);
      } else {
        encode(bytes, run, first + i);
      }
    }
    starts[count] = bytes.length;
    bytes.shrink();
    return bytes;
  }
}

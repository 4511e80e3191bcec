/**
 * Chunks double up to this many rows, so that the last one, which may be almost empty, is never
 * large.
 */
const MAX_ROWS_BITS = 10;
const MAX_ROWS = 1 << MAX_ROWS_BITS;
/** How many slots the chunks below that size have together. */
const DOUBLING_SLOTS = MAX_ROWS - 1;

/** Makes a chunk of so many numbers, all of them zero, for the rows from a slot on. */
export type ChunkAllocator = (length: number, firstSlot: number) => Float64Array;

/**
 * Rows of numbers, one row a slot, in chunks of memory. Chunks never move or grow, so whoever holds a
 * chunk and a position in it has the number itself.
 */
export class Chunks {
  /** How many numbers a row has. */
  readonly stride: number;
  private readonly chunks: Float64Array[] = [];
  private allocate: ChunkAllocator = newChunk;

  constructor(stride: number) {
    this.stride = stride;
  }

  /** Copies all chunks to other memory, where those to come are made, too. Whoever holds a chunk must get the new one. */
  move(allocate: ChunkAllocator = newChunk): void {
    this.allocate = allocate;
    this.chunks.forEach((chunk, index) => {
      const moved = allocate(chunk.length, firstOfChunk(index));
      moved.set(chunk);
      this.chunks[index] = moved;
    });
  }

  /** All chunks that were made. */
  all(): Iterable<Float64Array> {
    return this.chunks.values();
  }

  /** The chunk that holds the slot's row; made when it is first asked for. */
  chunk(slot: number): Float64Array {
    const index = chunkIndex(slot);
    return this.chunks[index] ?? this.grow(index);
  }

  /** Where the slot's row begins in its chunk. */
  at(slot: number): number {
    return (slot - firstSlot(slot)) * this.stride;
  }

  /** The first slot after the chunk that holds the slot's row. */
  chunkEnd(slot: number): number {
    const first = firstSlot(slot);
    return first + Math.min(first + 1, MAX_ROWS);
  }

  /** The first number of the slot's row. */
  get(slot: number): number {
    return this.chunk(slot)[this.at(slot)]!;
  }

  /** Sets the first number of the slot's row. */
  set(slot: number, value: number): void {
    this.chunk(slot)[this.at(slot)] = value;
  }

  /** Sets the slot's row to zeros. */
  zero(slot: number): void {
    const at = this.at(slot);
    this.chunk(slot).fill(0, at, at + this.stride);
  }

  private grow(index: number): Float64Array {
    const rows = index < MAX_ROWS_BITS ? 1 << index : MAX_ROWS;
    const chunk = this.allocate(rows * this.stride, firstOfChunk(index));
    this.chunks[index] = chunk;
    return chunk;
  }
}

/** Where the numbers of series are allocated, unless others are to read them, too. */
export function newChunk(length: number): Float64Array {
  return new Float64Array(length);
}

function chunkIndex(slot: number): number {
  if (slot < DOUBLING_SLOTS) return 31 - Math.clz32(slot + 1);
  return MAX_ROWS_BITS + ((slot - DOUBLING_SLOTS) >> MAX_ROWS_BITS);
}

function firstOfChunk(index: number): number {
  if (index < MAX_ROWS_BITS) return (1 << index) - 1;
  return DOUBLING_SLOTS + ((index - MAX_ROWS_BITS) << MAX_ROWS_BITS);
}

function firstSlot(slot: number): number {
  if (slot < DOUBLING_SLOTS) return (1 << (31 - Math.clz32(slot + 1))) - 1;
  return slot - ((slot - DOUBLING_SLOTS) & (MAX_ROWS - 1));
}

import { regionInvalid } from "../../errors.ts";
import { type Arena, BLOCK } from "./arena.ts";

/** The words at the beginning of a region. */
const LOG_LENGTH = 0;
const FIRST_SEGMENT = 1;
const HEADER_BYTES = 16;

/** A segment of the log begins with where the next one is, and how many bytes it has room for. */
const SEGMENT_HEADER_BYTES = 8;
const MIN_SEGMENT_BYTES = 2048;
const MAX_SEGMENT_BYTES = 2 ** 16;

/** Larger pieces get blocks of their own. */
const LARGE = BLOCK / 4;

/**
 * The memory of one member: a log, which is only appended to, and pieces for numbers. It is freed as a
 * whole. What was appended is there for others once it is published.
 */
export class Region {
  readonly id: number;
  /** How many bytes have been given out. */
  size = 0;
  readonly #arena: Arena;
  readonly #claimant: number;
  readonly #header: Int32Array;
  /** The rest of the newest block. */
  #next: number;
  #end: number;
  #segment: Int32Array;
  #written = 0;
  #length = 0;

  /** @param claimant the member */
  constructor(arena: Arena, claimant: number) {
    this.#arena = arena;
    this.#claimant = claimant;
    this.id = arena.newId();
    this.#next = arena.allocate(claimant, this.id, BLOCK);
    this.#end = this.#next + BLOCK;
    this.#header = new Int32Array(arena.buffer, this.allocate(HEADER_BYTES), HEADER_BYTES / 4);
    this.#segment = this.#openSegment(MIN_SEGMENT_BYTES, this.#header, FIRST_SEGMENT);
  }

  /** Bytes with zeros, from a multiple of 8 on; returns where they are. */
  allocate(bytes: number): number {
    const length = Math.ceil(bytes / 8) * 8;
    this.size += length;
    if (length > LARGE) return this.#arena.allocate(this.#claimant, this.id, length, false);
    if (this.#next + length > this.#end) {
      this.#next = this.#arena.allocate(this.#claimant, this.id, BLOCK, false);
      this.#end = this.#next + BLOCK;
    }
    const at = this.#next;
    this.#next += length;
    return at;
  }

  /** An array of zeros. */
  numbers(length: number): Float64Array {
    return new Float64Array(this.#arena.buffer, this.allocate(8 * length), length);
  }

  append(bytes: Uint8Array): void {
    for (let from = 0; from < bytes.length; ) {
      const room = this.#segment[1]! - this.#written;
      const count = Math.min(room, bytes.length - from);
      const { byteOffset } = this.#segment;
      const at = byteOffset + SEGMENT_HEADER_BYTES + this.#written;
      new Uint8Array(this.#arena.buffer, at, count).set(bytes.subarray(from, from + count));
      this.#written += count;
      from += count;
      if (count === room) {
        const capacity = Math.min(2 * this.#segment[1]!, MAX_SEGMENT_BYTES);
        this.#segment = this.#openSegment(capacity, this.#segment, 0);
        this.#written = 0;
      }
    }
    this.#length += bytes.length;
  }

  /** Lets others read what was appended. */
  publish(): void {
    Atomics.store(this.#header, LOG_LENGTH, this.#length);
  }

  #openSegment(capacity: number, before: Int32Array, word: number): Int32Array {
    const at = this.allocate(SEGMENT_HEADER_BYTES + capacity);
    const segment = new Int32Array(this.#arena.buffer, at, SEGMENT_HEADER_BYTES / 4);
    segment[1] = capacity;
    Atomics.store(before, word, at);
    return segment;
  }
}

/** The log of a region as others read it. */
export class RegionLog {
  readonly #arena: Arena;
  readonly #header: Int32Array;
  #read = 0;
  /** Where the segment is that has the next byte, and where that byte is in it. */
  #segment: number;
  #from = 0;

  /** @param at where the region begins */
  constructor(arena: Arena, at: number) {
    this.#arena = arena;
    this.#header = new Int32Array(arena.buffer, at, HEADER_BYTES / 4);
    this.#segment = Atomics.load(this.#header, FIRST_SEGMENT);
  }

  /** How many bytes were read. */
  get length(): number {
    return this.#read;
  }

  /** What was published since the last reading. */
  read(): Buffer {
    // An addition, unlike a load, is not done before the reads of numbers in front of it.
    const length = Atomics.add(this.#header, LOG_LENGTH, 0) - this.#read;
    const { buffer } = this.#arena;
    if (!(length >= 0 && length <= buffer.byteLength)) throw regionInvalid("its log has no length");
    const bytes = Buffer.alloc(length);
    for (let to = 0; to < length; ) {
      const [next, capacity] = this.#headerOf(this.#segment);
      if (this.#from === capacity) {
        this.#segment = next!;
        this.#from = 0;
        continue;
      }
      const count = Math.min(capacity! - this.#from, length - to);
      if (count <= 0) throw regionInvalid("its log has a hole");
      bytes.set(
        new Uint8Array(buffer, this.#segment + SEGMENT_HEADER_BYTES + this.#from, count),
        to,
      );
      this.#from += count;
      to += count;
    }
    this.#read += length;
    return bytes;
  }

  #headerOf(segment: number): Int32Array {
    if (segment <= 0) throw regionInvalid("its log is cut off");
    return new Int32Array(this.#arena.buffer, segment, SEGMENT_HEADER_BYTES / 4);
  }
}

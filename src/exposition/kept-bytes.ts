import type { EscapingScheme } from "../model/escaping.ts";
import { isLegacyLabelName } from "../model/names.ts";
import type { SeriesHead } from "../model/sample-sink.ts";
import { GrowingBytes } from "./bytes.ts";

/** A chunk holds this many bytes, so that a position in it and a length fit 16 bits each. */
const CHUNK_BITS = 16;
const CHUNK_SIZE = 1 << CHUNK_BITS;
const MAX_LENGTH = CHUNK_SIZE - 1;

/** Less garbage than this is not worth encoding a whole table again. */
const MIN_GARBAGE = CHUNK_SIZE;

/** What is kept of each table, for as long as the table lives. */
const keptOfTables = new WeakMap<object, Map<string, KeptBytes>>();

/**
 * The bytes that are kept of the table in which a series lives. For a series that lives in no table
 * they are new: nothing is kept of it.
 *
 * @param what tells the bytes of different formats apart
 */
export function keptBytesOf(
  { table, labelNames }: SeriesHead,
  what: string,
  scheme: EscapingScheme,
  dependOnCreated = false,
): KeptBytes {
  if (table === undefined) return new KeptBytes(dependOnCreated);
  let ofTable = keptOfTables.get(table);
  if (ofTable === undefined) {
    ofTable = new Map();
    keptOfTables.set(table, ofTable);
  }
  // Most names look the same under every scheme, and share one set of bytes.
  const key = labelNames.every(isLegacyLabelName) ? what : `${what} ${scheme}`;
  let kept = ofTable.get(key);
  if (kept === undefined) {
    kept = new KeptBytes(dependOnCreated);
    ofTable.set(key, kept);
  }
  return kept;
}

/** Encodes what is to be kept of a series, into a buffer that the next call may reuse. */
export type Encode = (head: SeriesHead) => GrowingBytes;

/**
 * What is the same of a table's series in every scrape, such as their labels: encoded when a series is
 * first written, and copied from then on.
 *
 * The bytes of all series stand one after the other in chunks. When a slot gets another series, the bytes
 * of the one before become garbage. Once that is more than half of all bytes, everything is dropped.
 */
export class KeptBytes {
  private chunks = [new GrowingBytes()];
  /** By slot: chunk and position, length (0 where nothing is kept), and which series of the slot it is. */
  private places = new Uint32Array(0);
  private lengths = new Uint16Array(0);
  private generations = new Uint32Array(0);
  /** By slot, where the bytes depend on it: when the series began. */
  private createds: Float64Array | undefined;
  private total = 0;
  private garbage = 0;
  /** Where the bytes of the series that was located last are. */
  chunk = this.chunks[0]!;
  from = 0;
  length = 0;

  constructor(dependOnCreated = false) {
    if (dependOnCreated) this.createds = new Float64Array(0);
  }

  /** Finds the bytes of a series, or encodes them; then `chunk`, `from` and `length` tell where they are. */
  locate(head: SeriesHead, encode: Encode): void {
    const { slot } = head;
    const length = this.lengths[slot];
    if (
      length === undefined ||
      length === 0 ||
      this.generations[slot] !== head.tenancy >>> 0 ||
      (this.createds !== undefined && !isSameTime(this.createds[slot]!, head.created))
    ) {
      this.encode(head, encode);
      return;
    }
    const place = this.places[slot]!;
    this.chunk = this.chunks[place >>> CHUNK_BITS]!;
    this.from = place & (CHUNK_SIZE - 1);
    this.length = length;
  }

  private encode(head: SeriesHead, encode: Encode): void {
    const encoded = encode(head);
    this.length = encoded.length;
    if (head.table === undefined || encoded.length > MAX_LENGTH) {
      this.chunk = encoded;
      this.from = 0;
    } else {
      this.keep(head, encoded);
    }
  }

  private keep({ slot, tenancy, created }: SeriesHead, encoded: GrowingBytes): void {
    if (slot >= this.lengths.length) this.makeRoom(slot);
    this.garbage += this.lengths[slot]!;
    if (this.garbage > MIN_GARBAGE && 2 * this.garbage > this.total) this.dropAll();
    this.chunk = this.chunks.at(-1)!;
    if (this.chunk.length + encoded.length > CHUNK_SIZE) {
      this.chunk = new GrowingBytes(CHUNK_SIZE);
      this.chunks.push(this.chunk);
    }
    this.from = this.chunk.length;
    this.chunk.append(encoded);
    this.total += encoded.length;
    this.places[slot] = (this.chunks.length - 1) * CHUNK_SIZE + this.from;
    this.lengths[slot] = encoded.length;
    this.generations[slot] = tenancy;
    if (this.createds !== undefined) this.createds[slot] = created;
  }

  private makeRoom(slot: number): void {
    const capacity = Math.max(8, slot + 1, Math.ceil(1.25 * this.lengths.length));
    this.places = copied(this.places, new Uint32Array(capacity));
    this.lengths = copied(this.lengths, new Uint16Array(capacity));
    this.generations = copied(this.generations, new Uint32Array(capacity));
    if (this.createds) this.createds = copied(this.createds, new Float64Array(capacity));
  }

  private dropAll(): void {
    this.chunks = [new GrowingBytes()];
    this.lengths.fill(0);
    this.total = 0;
    this.garbage = 0;
  }
}

/** Two times that are not known, NaN, are the same. */
function isSameTime(a: number, b: number): boolean {
  return a === b || (Number.isNaN(a) && Number.isNaN(b));
}

function copied<A extends Uint16Array | Uint32Array | Float64Array>(from: A, to: A): A {
  to.set(from);
  return to;
}

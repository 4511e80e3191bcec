import type { SeriesHead } from "../model/sample-sink.ts";
import { ProtobufWriter } from "./protobuf-writer.ts";

/** A record begins in the first this many bytes of its page: pages never have to be copied. */
const PAGE_BITS = 16;
const PAGE_SIZE = 1 << PAGE_BITS;
/** Room for the end of a page's last record. */
const PAGE_SLACK = 1024;

/** What is kept of each table, for as long as the table lives. */
const kept = new WeakMap<object, Map<string, SeriesBytes>>();

/** What is kept of a table under a key that says what it is. */
export function seriesBytesOf(table: object, key: string): SeriesBytes {
  let byKey = kept.get(table);
  if (byKey === undefined) {
    byKey = new Map();
    kept.set(table, byKey);
  }
  let bytes = byKey.get(key);
  if (bytes === undefined) {
    bytes = new SeriesBytes();
    byKey.set(key, bytes);
  }
  return bytes;
}

/** What stays the same of a table's series from scrape to scrape: encoded once, copied ever after. */
export class SeriesBytes {
  #pages = [new ProtobufWriter()];
  /** By slot: where the bytes are, how many, and of which series: the tenant, and when it began. */
  #places = new Uint32Array(0);
  #lengths = new Uint32Array(0);
  #tenancies = new Uint32Array(0);
  #createds = new Float64Array(0);
  #inUse = 0;

  /** A scrape begins with the table. */
  begin(): void {
    this.#inUse = 0;
  }

  /** Writes the bytes of a series, which are encoded if they are not there. */
  write(
    out: ProtobufWriter,
    head: SeriesHead,
    encode: (out: ProtobufWriter, head: SeriesHead) => void,
  ): void {
    const { slot, created } = head;
    let length = this.#lengths[slot];
    if (
      length === undefined ||
      length === 0 ||
      this.#tenancies[slot] !== head.tenancy >>> 0 ||
      !isSameTime(this.#createds[slot]!, created)
    ) {
      length = this.#keep(head, encode);
    }
    this.#inUse += length;
    const place = this.#places[slot]!;
    out.copy(this.#pages[place >>> PAGE_BITS]!, place & (PAGE_SIZE - 1), length);
  }

  /** The scrape has all of the table: starts afresh where most bytes are of series that are gone. */
  end(): void {
    if (this.#pages.length * PAGE_SIZE < 2 * (this.#inUse + PAGE_SIZE)) return;
    this.#pages = [new ProtobufWriter()];
    this.#places = new Uint32Array(0);
    this.#lengths = new Uint32Array(0);
    this.#tenancies = new Uint32Array(0);
    this.#createds = new Float64Array(0);
  }

  #keep(head: SeriesHead, encode: (out: ProtobufWriter, head: SeriesHead) => void): number {
    const { slot } = head;
    if (slot >= this.#lengths.length) this.#grow(slot);
    let page = this.#pages.at(-1)!;
    if (page.length >= PAGE_SIZE) {
      page = new ProtobufWriter(PAGE_SIZE + PAGE_SLACK);
      this.#pages.push(page);
    }
    const begin = page.length;
    encode(page, head);
    const length = page.length - begin;
    this.#places[slot] = (this.#pages.length - 1) * PAGE_SIZE + begin;
    this.#lengths[slot] = length;
    this.#tenancies[slot] = head.tenancy;
    this.#createds[slot] = head.created;
    return length;
  }

  #grow(slot: number): void {
    const capacity = Math.max(8, slot + 1, Math.ceil(1.5 * this.#lengths.length));
    this.#places = grown(this.#places, new Uint32Array(capacity));
    this.#lengths = grown(this.#lengths, new Uint32Array(capacity));
    this.#tenancies = grown(this.#tenancies, new Uint32Array(capacity));
    this.#createds = grown(this.#createds, new Float64Array(capacity));
  }
}

/** NaN, a time that is not known, is the same as itself. */
function isSameTime(a: number, b: number): boolean {
  return a === b || (Number.isNaN(a) && Number.isNaN(b));
}

function grown<A extends Uint32Array | Float64Array>(from: A, to: A): A {
  to.set(from);
  return to;
}

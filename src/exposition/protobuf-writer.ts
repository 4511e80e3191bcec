const encoder = new TextEncoder();

/** Bit operations see only the low 32 bits. */
const TWO_TO_32 = 2 ** 32;

/** Bytes copied at a time; every buffer has as many to spare at its end. */
const STRIDE = 8;

export const DOUBLE_WIDTH = 8;

/** The width of the length before a delimited message: five bytes reach past 4 GB. */
const DELIMITER_WIDTH = 5;

/** The tag of a field: its number, and the wire type of its value. */
export const varintTag = (field: number): number => field << 3;
export const doubleTag = (field: number): number => (field << 3) | 1;
export const bytesTag = (field: number): number => (field << 3) | 2;

/**
 * Writes protocol buffers into one growing buffer. The buffer belongs to the page: it is never used
 * again, as a response may still be sending it.
 */
export class ProtobufWriter {
  #bytes: Uint8Array;
  #view: DataView;
  #length = 0;

  /** @param capacity bytes to begin with: best the size of the page before */
  constructor(capacity = 256) {
    this.#bytes = new Uint8Array(capacity + STRIDE);
    this.#view = new DataView(this.#bytes.buffer);
  }

  get length(): number {
    return this.#length;
  }

  /** Forgets all that was written after this length. */
  truncate(length: number): void {
    this.#length = length;
  }

  /** What was written; it shares the writer's memory. */
  finish(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  /** Begins a message with its length before it; `closeDelimited` wants what this returns. */
  openDelimited(): number {
    this.#reserve(DELIMITER_WIDTH);
    this.#length += DELIMITER_WIDTH;
    return this.#length;
  }

  /**
   * Ends a message. Its length is filled up to a fixed width, which every decoder reads, as a family
   * may have megabytes, and its bytes stay where they are.
   */
  closeDelimited(begin: number): void {
    let rest = this.#length - begin;
    for (let at = begin - DELIMITER_WIDTH; at < begin - 1; at += 1) {
      this.#bytes[at] = (rest & 0x7f) | 0x80;
      rest = Math.floor(rest / 128);
    }
    this.#bytes[begin - 1] = rest;
  }

  /**
   * Begins a nested message; `close` wants what this returns.
   * @param width the bytes its length will probably need: no others have to be moved if it does
   */
  open(tag: number, width = 1): number {
    this.#tag(tag);
    this.#length += width;
    return this.#length;
  }

  /** Ends a nested message; returns the bytes that its length needed. */
  close(begin: number, width = 1): number {
    const size = this.#length - begin;
    const needed = size < 0x80 ? 1 : size < 0x4000 ? 2 : varintWidth(size);
    if (needed !== width) {
      this.#reserve(needed);
      this.#bytes.copyWithin(begin - width + needed, begin, this.#length);
      this.#length += needed - width;
    }
    let at = begin - width;
    let rest = size;
    for (; rest >= 0x80; rest >>>= 7) this.#bytes[at++] = (rest & 0x7f) | 0x80;
    this.#bytes[at] = rest;
    return needed;
  }

  double(tag: number, value: number): void {
    this.#tag(tag);
    this.untaggedDouble(value);
  }

  /** A double whose tag is there already. */
  untaggedDouble(value: number): void {
    this.#reserve(DOUBLE_WIDTH);
    this.#view.setFloat64(this.#length, value, true);
    this.#length += DOUBLE_WIDTH;
  }

  /** A whole number from 0 up to 2^64. */
  uint(tag: number, value: number): void {
    this.#tag(tag);
    this.#varint(value);
  }

  /** A whole number of either sign, as int32 and int64 are written: negative ones in ten bytes. */
  int(tag: number, value: number): void {
    this.#tag(tag);
    if (value >= 0) this.#varint(value);
    else this.#complement(-value - 1);
  }

  /** A whole number of at most 2^52 and either sign, as sint32 and sint64 are written. */
  sint(tag: number, value: number): void {
    this.uint(tag, value < 0 ? -2 * value - 1 : 2 * value);
  }

  string(tag: number, text: string): void {
    const begin = this.open(tag);
    this.#reserve(3 * text.length);
    const bytes = this.#bytes;
    let at = begin;
    for (let i = 0; i < text.length; i += 1) {
      const code = text.charCodeAt(i);
      if (code >= 0x80) {
        at += encoder.encodeInto(text.slice(i), bytes.subarray(at)).written;
        break;
      }
      bytes[at++] = code;
    }
    this.#length = at;
    this.close(begin);
  }

  /** Copies what another writer wrote at `from`: in strides, which beats `set` for a label set. */
  copy(source: ProtobufWriter, from: number, length: number): void {
    this.#reserve(length);
    const view = this.#view;
    const sourceView = source.#view;
    const at = this.#length;
    for (let i = 0; i < length; i += STRIDE) {
      view.setFloat64(at + i, sourceView.getFloat64(from + i, true), true);
    }
    this.#length = at + length;
  }

  /** Makes room for a tag, and for whatever number stands behind it. */
  #tag(tag: number): void {
    this.#reserve(16);
    if (tag >= 0x80) {
      this.#bytes[this.#length++] = (tag & 0x7f) | 0x80;
      this.#bytes[this.#length++] = tag >>> 7;
    } else {
      this.#bytes[this.#length++] = tag;
    }
  }

  #varint(value: number): void {
    const bytes = this.#bytes;
    let at = this.#length;
    let rest = value;
    while (rest >= TWO_TO_32) {
      const low = rest & 0x7f;
      bytes[at++] = low | 0x80;
      rest = (rest - low) / 128;
    }
    while (rest >= 0x80) {
      bytes[at++] = (rest & 0x7f) | 0x80;
      rest >>>= 7;
    }
    bytes[at++] = rest;
    this.#length = at;
  }

  /** The number whose 64 bits are the opposite of the value's. */
  #complement(value: number): void {
    let rest = value;
    for (let i = 0; i < 9; i += 1) {
      const low = rest & 0x7f;
      this.#bytes[this.#length++] = ~low & 0xff;
      rest = (rest - low) / 128;
    }
    this.#bytes[this.#length++] = 1;
  }

  #reserve(bytes: number): void {
    if (this.#length + bytes + STRIDE > this.#bytes.length) this.#grow(bytes);
  }

  #grow(bytes: number): void {
    const needed = this.#length + bytes + STRIDE;
    const grown = new Uint8Array(Math.max(2 * this.#bytes.length, needed));
    grown.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = grown;
    this.#view = new DataView(grown.buffer);
  }
}

function varintWidth(value: number): number {
  return Math.ceil((32 - Math.clz32(value)) / 7);
}

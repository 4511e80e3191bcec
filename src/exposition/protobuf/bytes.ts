import { GrowingBytes } from "../bytes/growing-bytes.ts";

/** Bit operations see only the low 32 bits. */
const TWO_TO_32 = 2 ** 32;

export const DOUBLE_WIDTH = 8;

/** The width of the length before a delimited message: five bytes reach past 4 GB. */
const DELIMITER_WIDTH = 5;

/** The tag of a field: its number, and the wire type of its value. */
export const varintTag = (field: number): number => field << 3;
export const doubleTag = (field: number): number => (field << 3) | 1;
export const bytesTag = (field: number): number => (field << 3) | 2;

/** What the protobuf format is written into. */
export class ProtobufBytes extends GrowingBytes {
  /** Begins a message with its length before it; returns what `closeDelimited` needs. */
  openDelimited(): number {
    this.reserve(DELIMITER_WIDTH);
    this.end += DELIMITER_WIDTH;
    return this.end;
  }

  /**
   * Ends a message. Its length is padded to a fixed width, which every decoder reads. So the bytes of a
   * family, which may be megabytes, need not be moved.
   */
  closeDelimited(begin: number): void {
    let rest = this.end - begin;
    for (let at = begin - DELIMITER_WIDTH; at < begin - 1; at += 1) {
      this.bytes[at] = (rest & 0x7f) | 0x80;
      rest = Math.floor(rest / 128);
    }
    this.bytes[begin - 1] = rest;
  }

  /**
   * Begins a nested message; returns what `close` needs.
   * @param width how many bytes its length will probably need; if so, no bytes have to be moved
   */
  open(tag: number, width = 1): number {
    this.tag(tag);
    this.end += width;
    return this.end;
  }

  /** Ends a nested message; returns the bytes that its length needed. */
  close(begin: number, width = 1): number {
    const size = this.end - begin;
    const needed = size < 0x80 ? 1 : size < 0x4000 ? 2 : varintWidth(size);
    if (needed !== width) {
      this.reserve(needed);
      this.bytes.copyWithin(begin - width + needed, begin, this.end);
      this.end += needed - width;
    }
    let at = begin - width;
    let rest = size;
    for (; rest >= 0x80; rest >>>= 7) this.bytes[at++] = (rest & 0x7f) | 0x80;
    this.bytes[at] = rest;
    return needed;
  }

  double(tag: number, value: number): void {
    this.tag(tag);
    this.untaggedDouble(value);
  }

  /** A double whose tag has already been written. */
  untaggedDouble(value: number): void {
    this.reserve(DOUBLE_WIDTH);
    this.view.setFloat64(this.end, value, true);
    this.end += DOUBLE_WIDTH;
  }

  /** A whole number from 0 up to 2^64. */
  uint(tag: number, value: number): void {
    this.tag(tag);
    this.varint(value);
  }

  /** A whole number of either sign, as int32 and int64 are written: negative ones in ten bytes. */
  int(tag: number, value: number): void {
    this.tag(tag);
    if (value >= 0) this.varint(value);
    else this.complement(-value - 1);
  }

  /** A whole number of at most 2^52 and either sign, as sint32 and sint64 are written. */
  sint(tag: number, value: number): void {
    this.uint(tag, value < 0 ? -2 * value - 1 : 2 * value);
  }

  string(tag: number, text: string): void {
    const begin = this.open(tag);
    this.text(text);
    this.close(begin);
  }

  /** Makes room for a tag, and for whatever number stands behind it. */
  private tag(tag: number): void {
    this.reserve(16);
    if (tag >= 0x80) {
      this.bytes[this.end++] = (tag & 0x7f) | 0x80;
      this.bytes[this.end++] = tag >>> 7;
    } else {
      this.bytes[this.end++] = tag;
    }
  }

  private varint(value: number): void {
    this.end = writeVarint(this.bytes, this.end, value);
  }

  /** The number whose 64 bits are the opposite of the value's. */
  private complement(value: number): void {
    let rest = value;
    for (let i = 0; i < 9; i += 1) {
      const low = rest & 0x7f;
      this.bytes[this.end++] = ~low & 0xff;
      rest = (rest - low) / 128;
    }
    this.bytes[this.end++] = 1;
  }
}

function varintWidth(value: number): number {
  return Math.ceil((32 - Math.clz32(value)) / 7);
}

/** Writes a whole number from 0 up to 2^64; returns the position after it. */
export function writeVarint(bytes: Uint8Array, at: number, value: number): number {
  let end = at;
  let rest = value;
  while (rest >= TWO_TO_32) {
    const low = rest & 0x7f;
    bytes[end++] = low | 0x80;
    rest = (rest - low) / 128;
  }
  while (rest >= 0x80) {
    bytes[end++] = (rest & 0x7f) | 0x80;
    rest >>>= 7;
  }
  bytes[end++] = rest;
  return end;
}

import { LONGEST_NUMBER, writeNumber } from "./decimal.ts";

const encoder = new TextEncoder();

export const NEWLINE = 0x0a;
export const SPACE = 0x20;
export const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const LETTER_N = 0x6e;

/** `copyBytes` moves this many bytes at a time; every buffer has as many to spare at its end. */
export const STRIDE = 8;

/**
 * Copies bytes, and up to seven behind them. Moving eight at a time, as doubles, is several times faster
 * than a call of `set` for the few dozen bytes of a label set.
 *
 * @returns the position after the copy
 */
export function copyBytes(
  to: DataView,
  at: number,
  from: DataView,
  begin: number,
  length: number,
): number {
  for (let i = 0; i < length; i += STRIDE) {
    to.setFloat64(at + i, from.getFloat64(begin + i, true), true);
  }
  return at + length;
}

// The fields of these classes are plain, not `#`: V8 inlines a bounded amount of bytecode, and a
// `#name` takes more of it.

/** A buffer that grows as it is written. */
export class GrowingBytes {
  /** The buffer, which is another one after a call that makes room. */
  bytes: Uint8Array;
  view: DataView;
  /** Where the next byte goes. */
  end = 0;

  /**
   * @param capacity bytes to begin with
   * @param buffer memory with room for so many, whose bytes nobody needs any more
   */
  constructor(capacity = 256, buffer?: ArrayBuffer) {
    this.bytes = buffer === undefined ? memory(capacity + STRIDE) : new Uint8Array(buffer);
    this.view = new DataView(this.bytes.buffer);
  }

  get length(): number {
    return this.end;
  }

  /** Drops everything after the first `length` bytes. */
  truncate(length: number): void {
    this.end = length;
  }

  /** What was written; it shares this buffer's memory. */
  finish(): Uint8Array {
    return this.bytes.subarray(0, this.end);
  }

  byte(byte: number): void {
    this.reserve(1);
    this.bytes[this.end++] = byte;
  }

  /** Writes text as UTF-8. */
  text(text: string): void {
    this.reserve(3 * text.length);
    const { bytes } = this;
    let at = this.end;
    for (let i = 0; i < text.length; i += 1) {
      const code = text.charCodeAt(i);
      if (code >= 0x80) {
        at += encoder.encodeInto(text.slice(i), bytes.subarray(at)).written;
        break;
      }
      bytes[at++] = code;
    }
    this.end = at;
  }

  /** Copies a part of another buffer, which must have as many bytes to spare at its end as this one. */
  copy(source: DataView, from: number, length: number): void {
    this.reserve(length);
    this.end = copyBytes(this.view, this.end, source, from, length);
  }

  /** Copies all of another buffer. */
  append(source: GrowingBytes): void {
    this.copy(source.view, 0, source.end);
  }

  /** Gives back the memory behind what was written. */
  shrink(): void {
    this.bytes = this.bytes.slice(0, this.end + STRIDE);
    this.view = new DataView(this.bytes.buffer);
  }

  /**
   * Makes room for this many more bytes.
   *
   * @param soon how many will probably be needed: memory for them is taken at once, if there is too little
   */
  reserve(bytes: number, soon = bytes): void {
    if (this.end + bytes + STRIDE > this.bytes.length) this.grow(Math.max(bytes, soon));
  }

  private grow(bytes: number): void {
    const needed = this.end + bytes + STRIDE;
    const grown = memory(Math.max(2 * this.bytes.length, needed));
    grown.set(this.bytes.subarray(0, this.end));
    this.bytes = grown;
    this.view = new DataView(grown.buffer);
  }
}

/** Less memory than this is cleared in no time. */
const LARGE = 1 << 16;

/**
 * Memory for so many bytes, or some more. To clear the memory of a large page would take milliseconds, without a pause;
 * so where the runtime can do without, it does. To touch memory for the first time takes far longer than to write a
 * page into it: with rounded sizes, the next page, which is mostly a bit longer, gets the memory of an earlier one.
 */
function memory(length: number): Uint8Array {
  const { Buffer } = globalThis;
  if (length < LARGE || typeof Buffer?.allocUnsafeSlow !== "function")
    return new Uint8Array(length);
  // A sixteenth of the power of two below.
  const step = 2 ** (27 - Math.clz32(length));
  return new Uint8Array(Buffer.allocUnsafeSlow(Math.ceil(length / step) * step).buffer);
}

/** What the text formats are written into: text with escapes, and numbers in decimal. */
export class TextBytes extends GrowingBytes {
  /** Writes text as `escapeText` gives it. */
  escaped(text: string, quotes: boolean): void {
    this.reserve(3 * text.length);
    const { bytes } = this;
    let at = this.end;
    for (let i = 0; i < text.length; i += 1) {
      const code = text.charCodeAt(i);
      if (code >= 0x80) {
        this.end = at;
        this.text(escapeText(text.slice(i), quotes));
        return;
      }
      if (code === BACKSLASH || code === NEWLINE || (quotes && code === QUOTE)) {
        bytes[at++] = BACKSLASH;
        bytes[at++] = code === NEWLINE ? LETTER_N : code;
      } else {
        bytes[at++] = code;
      }
    }
    this.end = at;
  }

  /** Writes a sample's value, in a form that every text format reads. */
  number(value: number): void {
    this.reserve(LONGEST_NUMBER);
    this.end = writeNumber(this.bytes, this.end, value);
  }
}

/** Text with backslash and newline escaped, and the double quote where `quotes` is set. */
export function escapeText(text: string, quotes: boolean): string {
  return text.replaceAll(quotes ? /[\\\n"]/g : /[\\\n]/g, (char) =>
    char === "\n" ? "\\n" : `\\${char}`,
  );
}

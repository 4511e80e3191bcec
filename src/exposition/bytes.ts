const encoder = new TextEncoder();

export const NEWLINE = 0x0a;
export const SPACE = 0x20;
export const QUOTE = 0x22;
const MINUS = 0x2d;
const POINT = 0x2e;
const ZERO = 0x30;
const BACKSLASH = 0x5c;
const LETTER_N = 0x6e;

/** `copy` moves this many bytes at a time; every buffer has as many to spare at its end. */
const STRIDE = 8;

// The fields of these classes are plain, not `#`: V8 inlines a bounded amount of bytecode, and a
// `#name` takes more of it.

/** A buffer that grows as it is written. It is never reused, as a response may still be sending it. */
export class GrowingBytes {
  protected bytes: Uint8Array;
  protected view: DataView;
  /** Where the next byte goes. */
  protected end = 0;

  /** @param capacity bytes to begin with */
  constructor(capacity = 256) {
    this.bytes = new Uint8Array(capacity + STRIDE);
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

  /**
   * Copies a part of another buffer. Moving eight bytes at a time, as doubles, is several times faster
   * than a call of `set` for the few dozen bytes of a label set.
   */
  copy(source: GrowingBytes, from: number, length: number): void {
    this.reserve(length);
    const { view, end } = this;
    const sourceView = source.view;
    for (let i = 0; i < length; i += STRIDE) {
      view.setFloat64(end + i, sourceView.getFloat64(from + i, true), true);
    }
    this.end = end + length;
  }

  /** Copies all of another buffer. */
  append(source: GrowingBytes): void {
    this.copy(source, 0, source.end);
  }

  /** Makes room for this many more bytes. */
  protected reserve(bytes: number): void {
    if (this.end + bytes + STRIDE > this.bytes.length) this.grow(bytes);
  }

  private grow(bytes: number): void {
    const needed = this.end + bytes + STRIDE;
    const grown = new Uint8Array(Math.max(2 * this.bytes.length, needed));
    grown.set(this.bytes.subarray(0, this.end));
    this.bytes = grown;
    this.view = new DataView(grown.buffer);
  }
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
    const small = value | 0;
    if (small === value && small > 0) this.whole(small);
    else if (Number.isSafeInteger(value)) {
      if (value !== 0 || !Object.is(value, -0)) this.integer(value);
      else this.text("-0");
    } else if (value - value === 0) {
      this.decimal(value);
    } else {
      this.text(value > 0 ? "+Inf" : value < 0 ? "-Inf" : "NaN");
    }
  }

  /** A number with up to six decimals is the quotient of two integers, which is quick to find out. */
  private decimal(value: number): void {
    for (let places = 3; places <= 6; places += 3) {
      const scale = places === 3 ? 1e3 : 1e6;
      const scaled = Math.round(value * scale);
      if (scaled / scale !== value || !Number.isSafeInteger(scaled)) continue;
      const size = Math.abs(scaled);
      const whole = Math.floor(size / scale);
      this.reserve(24);
      if (scaled < 0) this.bytes[this.end++] = MINUS;
      this.integer(whole);
      this.fraction(size - whole * scale, places);
      return;
    }
    this.text(String(value));
  }

  private fraction(digits: number, places: number): void {
    let rest = digits;
    let width = places;
    while (rest % 10 === 0) {
      rest /= 10;
      width -= 1;
    }
    const { bytes, end } = this;
    bytes[end] = POINT;
    for (let at = end + width; at > end; at -= 1) {
      const tens = (rest / 10) | 0;
      bytes[at] = ZERO + rest - tens * 10;
      rest = tens;
    }
    this.end = end + width + 1;
  }

  /** Writes a whole number above 0 of at most 32 bits, as most values are. */
  private whole(value: number): void {
    this.reserve(16);
    const { bytes } = this;
    let at = this.end + smallDigitCount(value);
    this.end = at;
    let rest = value;
    do {
      const tens = (rest / 10) | 0;
      bytes[--at] = ZERO + rest - tens * 10;
      rest = tens;
    } while (rest > 0);
  }

  private integer(value: number): void {
    this.reserve(24);
    const { bytes } = this;
    let rest = value;
    if (rest < 0) {
      bytes[this.end++] = MINUS;
      rest = -rest;
    }
    let at = this.end + digitCount(rest);
    this.end = at;
    while (rest > MAX_INT32) {
      const tens = Math.floor(rest / 10);
      bytes[--at] = ZERO + (rest - tens * 10);
      rest = tens;
    }
    let small = rest | 0;
    do {
      const tens = (small / 10) | 0;
      bytes[--at] = ZERO + small - tens * 10;
      small = tens;
    } while (small > 0);
  }
}

const MAX_INT32 = 0x7fffffff;

function smallDigitCount(value: number): number {
  if (value < 1e5)
    return value < 100 ? (value < 10 ? 1 : 2) : value < 1e3 ? 3 : value < 1e4 ? 4 : 5;
  if (value < 1e7) return value < 1e6 ? 6 : 7;
  return value < 1e8 ? 8 : value < 1e9 ? 9 : 10;
}

function digitCount(value: number): number {
  let digits = 1;
  for (let power = 10; power <= value; power *= 10) digits += 1;
  return digits;
}

/** Text with backslash and newline escaped, and the double quote where `quotes` is set. */
export function escapeText(text: string, quotes: boolean): string {
  return text.replaceAll(quotes ? /[\\\n"]/g : /[\\\n]/g, (char) =>
    char === "\n" ? "\\n" : `\\${char}`,
  );
}

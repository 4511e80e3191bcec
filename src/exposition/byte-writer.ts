const encoder = new TextEncoder();

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const NEWLINE = 0x0a;
const LETTER_N = 0x6e;
const ZERO = 0x30;
const MINUS = 0x2d;
const POINT = 0x2e;

/** Bytes copied at a time; every buffer has as many to spare at its end. */
const STRIDE = 8;

/**
 * Writes a page into one growing buffer. The buffer belongs to the page: it is never used again, as
 * a response may still be sending it.
 */
export class ByteWriter {
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

  byte(byte: number): void {
    if (this.#length + STRIDE >= this.#bytes.length) this.#grow(1);
    this.#bytes[this.#length++] = byte;
  }

  /** Writes text as it stands. */
  text(text: string): void {
    this.#reserve(text.length * 3);
    const bytes = this.#bytes;
    let at = this.#length;
    for (let i = 0; i < text.length; i += 1) {
      const code = text.charCodeAt(i);
      if (code >= 0x80) {
        at += encoder.encodeInto(text.slice(i), bytes.subarray(at)).written;
        break;
      }
      bytes[at++] = code;
    }
    this.#length = at;
  }

  /** Writes text with backslash and newline escaped, and the double quote where asked. */
  escaped(text: string, quotes: boolean): void {
    this.#reserve(text.length * 3);
    const bytes = this.#bytes;
    let at = this.#length;
    for (let i = 0; i < text.length; i += 1) {
      const code = text.charCodeAt(i);
      if (code >= 0x80) {
        this.#length = at;
        this.text(text.slice(i).replace(quotes ? /[\\\n"]/g : /[\\\n]/g, escapeOf));
        return;
      }
      if (code === BACKSLASH || code === NEWLINE || (quotes && code === QUOTE)) {
        bytes[at++] = BACKSLASH;
        bytes[at++] = code === NEWLINE ? LETTER_N : code;
      } else {
        bytes[at++] = code;
      }
    }
    this.#length = at;
  }

  /**
   * Copies what another writer wrote at `from`. Eight bytes at a time, as doubles, is several times
   * faster than a call of `set` for the few dozen bytes of a label set.
   */
  copy(source: ByteWriter, from: number, length: number): void {
    this.#reserve(length);
    const view = this.#view;
    const sourceView = source.#view;
    const at = this.#length;
    for (let i = 0; i < length; i += STRIDE)
      view.setFloat64(at + i, sourceView.getFloat64(from + i, true), true);
    this.#length = at + length;
  }

  /** Writes all that another writer wrote. */
  append(source: ByteWriter): void {
    this.copy(source, 0, source.#length);
  }

  /** Writes a sample's value, in a form that every text format reads. */
  number(value: number): void {
    const small = value | 0;
    if (small === value && small > 0) this.#whole(small);
    else if (Number.isSafeInteger(value)) {
      if (value !== 0 || !Object.is(value, -0)) this.#integer(value);
      else this.text("-0");
    } else if (value - value === 0) {
      this.#decimal(value);
    } else {
      this.text(value > 0 ? "+Inf" : value < 0 ? "-Inf" : "NaN");
    }
  }

  /** A number with a few decimals is the quotient of two integers, which is quick to find out. */
  #decimal(value: number): void {
    for (let places = 3; places <= 6; places += 3) {
      const scale = places === 3 ? 1e3 : 1e6;
      const scaled = Math.round(value * scale);
      if (scaled / scale !== value || !Number.isSafeInteger(scaled)) continue;
      const size = Math.abs(scaled);
      const whole = Math.floor(size / scale);
      this.#reserve(24);
      if (scaled < 0) this.#bytes[this.#length++] = MINUS;
      this.#integer(whole);
      this.#fraction(size - whole * scale, places);
      return;
    }
    this.text(String(value));
  }

  #fraction(digits: number, places: number): void {
    let rest = digits;
    let width = places;
    while (rest % 10 === 0) {
      rest /= 10;
      width -= 1;
    }
    const bytes = this.#bytes;
    bytes[this.#length] = POINT;
    for (let at = this.#length + width; at > this.#length; at -= 1) {
      const tens = (rest / 10) | 0;
      bytes[at] = ZERO + rest - tens * 10;
      rest = tens;
    }
    this.#length += width + 1;
  }

  /** A whole number above 0 of at most 32 bits, as most values are. */
  #whole(value: number): void {
    this.#reserve(16);
    const bytes = this.#bytes;
    let at = this.#length + smallDigitCount(value);
    this.#length = at;
    let rest = value;
    do {
      const tens = (rest / 10) | 0;
      bytes[--at] = ZERO + rest - tens * 10;
      rest = tens;
    } while (rest > 0);
  }

  #integer(value: number): void {
    this.#reserve(24);
    const bytes = this.#bytes;
    let rest = value;
    if (rest < 0) {
      bytes[this.#length++] = MINUS;
      rest = -rest;
    }
    let at = this.#length + digitCount(rest);
    this.#length = at;
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

function escapeOf(char: string): string {
  return char === "\n" ? "\\n" : `\\${char}`;
}

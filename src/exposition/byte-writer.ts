const encoder = new TextEncoder();

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const NEWLINE = 0x0a;
const LETTER_N = 0x6e;
const ZERO = 0x30;
const MINUS = 0x2d;

/**
 * Writes a page into one growing buffer. The buffer belongs to the page: it is never used again, as
 * a response may still be sending it.
 */
export class ByteWriter {
  #bytes: Uint8Array;
  #length = 0;

  /** @param capacity bytes to begin with: best the size of the page before */
  constructor(capacity = 4096) {
    this.#bytes = new Uint8Array(capacity);
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

  /** Writes a sample's value, in a form that every format reads. */
  number(value: number): void {
    if (Number.isSafeInteger(value) && !Object.is(value, -0)) this.#integer(value);
    else if (Number.isFinite(value)) this.text(Object.is(value, -0) ? "-0" : String(value));
    else this.text(Number.isNaN(value) ? "NaN" : value > 0 ? "+Inf" : "-Inf");
  }

  #integer(value: number): void {
    this.#reserve(20);
    const bytes = this.#bytes;
    let rest = value;
    if (rest < 0) {
      bytes[this.#length++] = MINUS;
      rest = -rest;
    }
    let digits = 1;
    for (let power = 10; power <= rest; power *= 10) digits += 1;
    let at = this.#length + digits;
    this.#length = at;
    for (; digits > 0; digits -= 1) {
      const tens = Math.floor(rest / 10);
      bytes[--at] = ZERO + rest - tens * 10;
      rest = tens;
    }
  }

  #reserve(bytes: number): void {
    const needed = this.#length + bytes;
    if (needed <= this.#bytes.length) return;
    const grown = new Uint8Array(Math.max(2 * this.#bytes.length, needed));
    grown.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = grown;
  }
}

function escapeOf(char: string): string {
  return char === "\n" ? "\\n" : `\\${char}`;
}

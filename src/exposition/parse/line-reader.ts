import { invalidPage, show } from "../../errors.ts";

/** What the text format allows on a line, and OpenMetrics does not. */
export interface Syntax {
  /** Blanks around every part of a line. */
  readonly blanks: boolean;
  /** A comma after the last label. */
  readonly lastComma: boolean;
  /** A quoted metric name that comes after labels. */
  readonly lateName: boolean;
}

export const TEXT: Syntax = { blanks: true, lastComma: true, lateName: true };
export const OPENMETRICS: Syntax = { blanks: false, lastComma: false, lateName: false };

const BLANKS = /[ \t]*/y;
const METRIC_NAME = /[a-zA-Z_:][a-zA-Z0-9_:]*/y;
const LABEL_NAME = /[a-zA-Z_][a-zA-Z0-9_]*/y;
/** Everything up to a character that may follow a number in a sample or a composite value. */
const TOKEN = /[^ \t\n,:{}[\]]*/y;
const INTEGER = /^[+-]?[0-9]+$/;
const DECIMAL = /^[0-9.eE+-]+$/;
const INFINITE = /^[+-]?inf(?:inity)?$/i;

const NEWLINE = 0x0a;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;

const NOT_UTF_8 = "it is not UTF-8";

/** Where a line lies in the page. */
export interface Place {
  /** From 1. */
  readonly number: number;
  readonly from: number;
  readonly to: number;
}

/**
 * Reads a page line by line, and each line from left to right. No character is read twice, so that
 * the time it takes grows with the length of the page and not faster.
 */
export class LineReader {
  readonly syntax: Syntax;
  readonly #text: string;
  #place: Place = { number: 0, from: 0, to: -1 };
  #at = 0;

  constructor(page: string | Uint8Array, syntax: Syntax) {
    this.#text = typeof page === "string" ? checked(page) : decoded(page);
    this.syntax = syntax;
  }

  /** The current line. */
  get place(): Place {
    return this.#place;
  }

  /** Goes to the next line; false at the end of the page. */
  next(): boolean {
    const from = this.#place.to + 1;
    const newline = this.#text.indexOf("\n", from);
    const to = newline < 0 ? this.#text.length : newline;
    this.#place = { number: this.#place.number + 1, from, to };
    this.#at = from;
    return from < this.#text.length;
  }

  /** Whether the line is read to its end. */
  get done(): boolean {
    return this.#at === this.#place.to;
  }

  /** The next character: a newline at the end of a line, undefined at the end of the page. */
  peek(): string | undefined {
    return this.#text[this.#at];
  }

  /** Reads the character if it is the next one, and says whether it was. */
  take(character: string): boolean {
    if (this.#text[this.#at] !== character) return false;
    this.#at += 1;
    return true;
  }

  expect(character: string, reason: string): void {
    if (!this.take(character)) this.fail(reason);
  }

  /** Reads spaces and tabs, and says whether there were any. */
  blanks(): boolean {
    return this.#match(BLANKS) !== "";
  }

  /** Reads blanks where the format allows them between the parts of a line. */
  gap(): void {
    if (this.syntax.blanks) this.blanks();
  }

  /** A metric name without quotes; empty if there is none. */
  metricName(): string {
    return this.#match(METRIC_NAME);
  }

  /** A label name without quotes, a field's name or a keyword; empty if there is none. */
  labelName(): string {
    return this.#match(LABEL_NAME);
  }

  token(): string {
    return this.#match(TOKEN);
  }

  number(what: string): number {
    const token = this.token();
    return parseNumber(token) ?? this.fail(`${what} is ${show(token)}, which is no number`);
  }

  integer(what: string): number {
    const token = this.token();
    const value = Number(token);
    if (INTEGER.test(token) && Number.isSafeInteger(value)) return value;
    return this.fail(`${what} is ${show(token)}, which is no whole number`);
  }

  /** The text from after an opening quote up to the closing one, unescaped. */
  quoted(): string {
    const from = this.#at;
    for (let at = from; at < this.#place.to; at += 1) {
      const code = this.#text.charCodeAt(at);
      if (code === BACKSLASH) at += 1;
      if (code !== QUOTE) continue;
      this.#at = at + 1;
      return unescaped(this.#text.slice(from, at));
    }
    return this.fail("a quote is not closed");
  }

  /** The rest of the line. */
  rest(): string {
    const from = this.#at;
    this.#at = this.#place.to;
    return this.#text.slice(from, this.#at);
  }

  fail(reason: string, { number, from, to }: Place = this.#place): never {
    throw invalidLine(number, this.#text.slice(from, to), reason);
  }

  #match(pattern: RegExp): string {
    const from = this.#at;
    pattern.lastIndex = from;
    if (!pattern.test(this.#text)) return "";
    this.#at = pattern.lastIndex;
    return this.#text.slice(from, this.#at);
  }
}

/** A number as the text formats write it; undefined if it is none, or too large for a double. */
export function parseNumber(text: string): number | undefined {
  if (DECIMAL.test(text)) {
    const value = Number(text);
    return Number.isFinite(value) ? value : undefined;
  }
  if (INFINITE.test(text)) return text.startsWith("-") ? -Infinity : Number.POSITIVE_INFINITY;
  return text.toLowerCase() === "nan" ? Number.NaN : undefined;
}

/** Undoes the escapes of a text; a backslash before any other character stands for itself. */
export function unescaped(text: string, escapes = /\\([\\n"])/g): string {
  if (!text.includes("\\")) return text;
  return text.replace(escapes, (_, character) => (character === "n" ? "\n" : character));
}

function checked(page: string): string {
  if (page.isWellFormed()) return page;
  const lines = page.split("\n");
  const i = lines.findIndex((line) => !line.isWellFormed());
  throw invalidLine(i + 1, lines[i]!, NOT_UTF_8);
}

function decoded(page: Uint8Array): string {
  // No format allows a byte order mark: it must stay in the text, so that its line is refused.
  const options = { fatal: true, ignoreBOM: true };
  try {
    return new TextDecoder("utf-8", options).decode(page);
  } catch (error) {
    for (let number = 1, from = 0; from < page.length; number += 1) {
      const newline = page.indexOf(NEWLINE, from);
      const line = page.subarray(from, newline < 0 ? page.length : newline);
      try {
        new TextDecoder("utf-8", options).decode(line);
      } catch {
        throw invalidLine(number, new TextDecoder().decode(line), NOT_UTF_8);
      }
      from += line.length + 1;
    }
    throw error;
  }
}

function invalidLine(number: number, line: string, reason: string): Error {
  return invalidPage(`line ${number}, ${show(line)}`, reason);
}

import { invalidPage, show } from "../../errors.ts";
import { decodePage } from "./decode-page.ts";
import type { Syntax } from "./syntax.ts";

const BLANKS = /[ \t]*/y;
const METRIC_NAME = /[a-zA-Z_:][a-zA-Z0-9_:]*/y;
const LABEL_NAME = /[a-zA-Z_][a-zA-Z0-9_]*/y;
/** Ends before any character that may follow a number in a sample or a composite value. */
const TOKEN = /[^ \t\n,:{}[\]]*/y;
const INTEGER = /^[+-]?[0-9]+$/;
const DIGITS = /^[0-9]+$/;
const MAX_TIME = 2n ** 63n;
const DECIMAL = /^[0-9.eE+-]+$/;
const INFINITE = /^[+-]?inf(?:inity)?$/i;

const NEWLINE = 0x0a;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;

const NOT_UTF_8 = "it is not UTF-8";

/** Where a line is in the page. */
export interface Place {
  /** From 1. */
  readonly number: number;
  readonly from: number;
  readonly to: number;
}

/**
 * Reads a page line by line, and each line from left to right. It never goes back, so that the time it
 * takes is proportional to the length of the page.
 */
export class LineReader {
  readonly syntax: Syntax;
  readonly #text: string;
  readonly #isWellFormed: boolean;
  #place: Place = { number: 0, from: 0, to: -1 };
  /** How many newlines there are between quotes of the current line. */
  #newlines = 0;
  #at = 0;

  constructor(page: string | Uint8Array, syntax: Syntax) {
    this.#text = typeof page === "string" ? page : decodePage(page);
    this.#isWellFormed = this.#text.isWellFormed();
    if (!this.#isWellFormed && !syntax.anyComments) throw notUtf8(this.#text);
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
    this.#place = { number: this.#place.number + 1 + this.#newlines, from, to };
    this.#newlines = 0;
    this.#at = from;
    return from < this.#text.length;
  }

  /** Whether the whole line has been read. */
  get done(): boolean {
    return this.#at === this.#place.to;
  }

  /** The next character: a newline at the end of a line, undefined at the end of the page. */
  peek(): string | undefined {
    return this.#text[this.#at];
  }

  /** Reads the character if it is the next one, and returns whether it was. */
  take(character: string): boolean {
    if (this.#text[this.#at] !== character) return false;
    this.#at += 1;
    return true;
  }

  expect(character: string, reason: string): void {
    if (!this.take(character)) this.fail(reason);
  }

  /** Reads spaces and tabs, and returns whether there were any. */
  blanks(): boolean {
    return this.#match(BLANKS) !== "";
  }

  /** Reads blanks between the parts of a line, if the format allows them. */
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

  /** A timestamp of the text format: only digits, and less than 2^63. */
  milliseconds(what: string): number {
    const token = this.token();
    if (DIGITS.test(token) && BigInt(token) < MAX_TIME) return Number(token);
    return this.fail(`${what} is ${show(token)}, which is no number of milliseconds`);
  }

  /** The text up to the closing quote, unescaped. The opening quote has been read. */
  quoted(): string {
    return this.#checked(this.quotedBytes());
  }

  /** Like `quoted`, but with lone surrogates in place of what is not UTF-8. */
  quotedBytes(): string {
    const from = this.#at;
    const { newlinesInQuotes } = this.syntax;
    const end = newlinesInQuotes ? this.#text.length : this.#place.to;
    let newlines = 0;
    for (let at = from; at < end; at += 1) {
      let code = this.#text.charCodeAt(at);
      if (code === NEWLINE) newlines += 1;
      if (code === BACKSLASH) {
        at += 1;
        code = this.#text.charCodeAt(at);
        if (code === NEWLINE) break;
      } else if (code === QUOTE) {
        this.#at = at + 1;
        if (newlines > 0) this.#extend(newlines);
        return unescaped(this.#text.slice(from, at));
      }
    }
    return this.fail("a quote is not closed");
  }

  /** The rest of the line. */
  rest(): string {
    const from = this.#at;
    this.#at = this.#place.to;
    return this.#text.slice(from, this.#at);
  }

  /** The rest of the line, which must be UTF-8. */
  text(): string {
    return this.#checked(this.rest());
  }

  fail(reason: string, { number, from, to }: Place = this.#place): never {
    throw invalidLine(number, this.#text.slice(from, to), reason);
  }

  /** Moves the end of the line, as there are newlines between its quotes. */
  #extend(newlines: number): void {
    const { number, from } = this.#place;
    const newline = this.#text.indexOf("\n", this.#at);
    this.#place = { number, from, to: newline < 0 ? this.#text.length : newline };
    this.#newlines += newlines;
  }

  #checked(text: string): string {
    return this.#isWellFormed || text.isWellFormed() ? text : this.fail(NOT_UTF_8);
  }

  #match(pattern: RegExp): string {
    const from = this.#at;
    pattern.lastIndex = from;
    if (!pattern.test(this.#text)) return "";
    this.#at = pattern.lastIndex;
    return this.#text.slice(from, this.#at);
  }
}

/** The value of a number in a text format; undefined if it is not a number, or too large for a double. */
export function parseNumber(text: string): number | undefined {
  if (DECIMAL.test(text)) {
    const value = Number(text);
    return Number.isFinite(value) ? value : undefined;
  }
  if (INFINITE.test(text)) return text.startsWith("-") ? -Infinity : Number.POSITIVE_INFINITY;
  return text.toLowerCase() === "nan" ? Number.NaN : undefined;
}

/** The text without escapes. A backslash before any other character stands for itself. */
export function unescaped(text: string, escapes = /\\([\\n"])/g): string {
  if (!text.includes("\\")) return text;
  return text.replace(escapes, (_, character) => (character === "n" ? "\n" : character));
}

function notUtf8(page: string): Error {
  const lines = page.split("\n");
  const i = lines.findIndex((line) => !line.isWellFormed());
  return invalidLine(i + 1, lines[i]!, NOT_UTF_8);
}

function invalidLine(number: number, line: string, reason: string): Error {
  return invalidPage(`line ${number}, ${show(line)}`, reason);
}

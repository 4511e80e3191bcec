import { invalidPage, show } from "../../errors.ts";
import { parseNumber } from "./number.ts";

/** Where a line stands in the page. */
export interface Place {
  /** From 1. */
  readonly number: number;
  readonly from: number;
  readonly to: number;
}

const BLANKS = /[ \t]*/y;
const METRIC_NAME = /[a-zA-Z_:][a-zA-Z0-9_:]*/y;
const LABEL_NAME = /[a-zA-Z_][a-zA-Z0-9_]*/y;
/** All up to what may come after a number: a blank, or the punctuation of labels and composite values. */
const TOKEN = /[^ \t\n,:{}[\]]*/y;
const INTEGER = /^[+-]?[0-9]+$/;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/**
 * Reads a page line by line, and a line from left to right: nothing is looked at twice, so that no
 * page takes more than its length in time.
 */
export class LineReader {
  readonly #text: string;
  #place: Place = { number: 0, from: 0, to: -1 };
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  /** The line that is being read. */
  get place(): Place {
    return this.#place;
  }

  /** Goes to the next line; says whether there is one. */
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

  /** The next character; a newline or undefined at the end of the line. */
  peek(): string | undefined {
    return this.#text[this.#at];
  }

  /** Reads a character if it is the next one; says whether it was. */
  take(character: string): boolean {
    if (this.#text[this.#at] !== character) return false;
    this.#at += 1;
    return true;
  }

  expect(character: string, reason: string): void {
    if (!this.take(character)) this.fail(reason);
  }

  /** Reads spaces and tabs; says whether there were any. */
  blanks(): boolean {
    return this.#match(BLANKS) !== "";
  }

  /** A metric's name without quotes; empty where there is none. */
  metricName(): string {
    return this.#match(METRIC_NAME);
  }

  /** A label's name without quotes, or that of a field; empty where there is none. */
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

  /** What follows an opening quote, up to the closing one, unescaped. */
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

  /** All that is left of the line. */
  rest(): string {
    const from = this.#at;
    this.#at = this.#place.to;
    return this.#text.slice(from, this.#at);
  }

  fail(reason: string, { number, from, to }: Place = this.#place): never {
    throw invalidPage(`line ${number}, ${show(this.#text.slice(from, to))}`, reason);
  }

  #match(pattern: RegExp): string {
    const from = this.#at;
    pattern.lastIndex = from;
    if (!pattern.test(this.#text)) return "";
    this.#at = pattern.lastIndex;
    return this.#text.slice(from, this.#at);
  }
}

/** Text with its escapes undone; a backslash that begins none stands for itself. */
export function unescaped(text: string, escapes = /\\([\\n"])/g): string {
  if (!text.includes("\\")) return text;
  return text.replace(escapes, (_, character) => (character === "n" ? "\n" : character));
}

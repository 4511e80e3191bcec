import type { ParseArgsConfig } from "node:util";

/** The options of a command, as `parseArgs` of Node takes them. */
type Options = NonNullable<ParseArgsConfig["options"]>;

/** What a command was given. */
export interface Given {
  readonly positionals: readonly string[];
  readonly values: Readonly<
    Record<string, string | boolean | readonly (string | boolean)[] | undefined>
  >;
  readonly output: Output;
}

/** One command of `narthex`. */
export interface Command {
  /** What it does, in a line of the list of commands. */
  readonly summary: string;
  /** What `--help` shows: usage, options and examples. */
  readonly help: string;
  readonly options: Options;
  /** How many positional arguments it takes. */
  readonly takes: readonly [least: number, most: number];
  /** @returns the exit code: 0, or 1 where it has found something */
  run(given: Given): Promise<number>;
}

/** A mistake of the user, or a page that can't be read: its message is all that is shown, and the exit code is 2. */
export class CommandError extends Error {}

/** The option of commands whose result programs can read. */
export const JSON_OPTION = { json: { type: "boolean" } } as const;

/** Where a command writes. */
export class Output {
  readonly #colours: boolean;
  readonly #isVerbose: boolean;

  constructor() {
    const { NO_COLOR, TERM } = process.env;
    this.#colours = process.stdout.isTTY === true && !NO_COLOR && TERM !== "dumb";
    this.#isVerbose = process.stderr.isTTY === true;
  }

  line(text = ""): void {
    process.stdout.write(`${text}\n`);
  }

  write(bytes: string | Uint8Array): void {
    process.stdout.write(bytes);
  }

  json(value: unknown): void {
    this.line(JSON.stringify(value, undefined, 2));
  }

  /** Tells on a terminal what takes its time. */
  progress(text: string): void {
    if (this.#isVerbose) process.stderr.write(`${text}\n`);
  }

  red = (text: string) => this.#in(31, text);
  cyan = (text: string) => this.#in(36, text);
  green = (text: string) => this.#in(32, text);
  dim = (text: string) => this.#in(2, text);
  bold = (text: string) => this.#in(1, text);

  #in(code: number, text: string): string {
    return this.#colours ? `\u001b[${code}m${text}\u001b[0m` : text;
  }
}

/** Text of others without what would move the cursor or change colours of a terminal. */
export function harmless(text: string): string {
  return text.replace(/(?![\t\n])[\p{Cc}\p{Bidi_Control}]/gu, "\ufffd");
}

/** An option that has one text. */
export function textOption({ values }: Given, name: string): string | undefined {
  const value = values[name];
  return typeof value === "string" ? value : undefined;
}

/** An option that may be given several times. */
export function textsOption({ values }: Given, name: string): string[] {
  const value = values[name];
  return Array.isArray(value) ? value.map(String) : [];
}

export function count(number: number, thing: string): string {
  const plural = thing.endsWith("y") ? `${thing.slice(0, -1)}ies` : `${thing}s`;
  return `${number} ${number === 1 || thing === "series" ? thing : plural}`;
}

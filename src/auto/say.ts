import { Console } from "node:console";
import { describe } from "../warn.ts";

/** What is said before the process has something to show. */
let held: string[] | undefined = [];

/** Writes to stderr, past `console`: stdout and the console belong to the application. */
export function say(message: string): void {
  if (held !== undefined) held.push(message);
  else new Console(process.stderr).error(`narthex: ${message}`);
}

/** Writes what was held back, and from now on everything at once. */
export function speak(): void {
  const messages = held ?? [];
  held = undefined;
  for (const message of messages) say(message);
}

/** Does something whose failure must not end the application, but is reported. */
export function attempt(failure: string, action: () => void): void {
  try {
    action();
  } catch (error) {
    say(`${failure}: ${error instanceof Error ? error.message : describe(error)}`);
  }
}

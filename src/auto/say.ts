import { Console } from "node:console";
import { describe } from "../warn.ts";

/** Messages that wait until the process has something to show; undefined from then on. */
let held: string[] | undefined = [];

/** Writes to stderr, past `console`: stdout and the console belong to the application. */
export function say(message: string): void {
  if (held !== undefined) held.push(message);
  else new Console(process.stderr).error(`narthex: ${message}`);
}

/** Writes the messages that wait, and from now on each message at once. */
export function speak(): void {
  const messages = held ?? [];
  held = undefined;
  for (const message of messages) say(message);
}

/** Does something whose failure is reported as `failure`, and must not end the application. */
export function attempt(failure: string, action: () => void): void {
  try {
    action();
  } catch (error) {
    say(`${failure}: ${error instanceof Error ? error.message : describe(error)}`);
  }
}

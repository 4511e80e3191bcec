import { Console } from "node:console";

/** Writes to stderr, past `console`: stdout and the console belong to the application. */
export function say(message: string): void {
  new Console(process.stderr).error(`narthex: ${message}`);
}

/** Does something whose failure must not end the application, but is reported. */
export function attempt(failure: string, action: () => void): void {
  try {
    action();
  } catch (error) {
    say(`${failure}: ${(error as Error).message}`);
  }
}

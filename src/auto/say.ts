import { Console } from "node:console";

/** Says something on stderr: never on stdout, and not where the application's console leads. */
export function say(message: string): void {
  new Console(process.stderr).error(`narthex: ${message}`);
}

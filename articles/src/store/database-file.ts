import { closeSync, fstatSync, openSync, readSync, statSync } from "node:fs";

const MAGIC = Buffer.from("SQLite format 3\0");

/**
 * The open file of an embedded database. SQLite goes on writing to a file that was deleted, replaced
 * or overwritten, and what it writes there is lost with the process.
 */
export class DatabaseFile {
  readonly #path: string;
  /** Closed only after SQLite has closed the file: closing it earlier would drop SQLite's locks. */
  readonly #descriptor: number;

  constructor(path: string) {
    this.#path = path;
    this.#descriptor = openSync(path, "r");
  }

  /** Throws if the path no longer leads to the file, or the file is no longer a database. */
  check(): void {
    const opened = fstatSync(this.#descriptor);
    const named = statSync(this.#path, { throwIfNoEntry: false });
    if (named === undefined) throw new Error(`${this.#path} was deleted`);
    if (named.ino !== opened.ino || named.dev !== opened.dev) {
      throw new Error(`${this.#path} was replaced by another file`);
    }
    const start = Buffer.alloc(MAGIC.length);
    readSync(this.#descriptor, start, 0, start.length, 0);
    if (!start.equals(MAGIC)) throw new Error(`${this.#path} was overwritten`);
  }

  close(): void {
    closeSync(this.#descriptor);
  }
}

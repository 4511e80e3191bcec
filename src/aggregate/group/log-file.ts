import { closeSync, fstatSync, openSync, writeFileSync } from "node:fs";
import { regionInvalid } from "../../errors.ts";
import type { LogPlace } from "../region/reader.ts";
import type { ReportTables } from "../region/report-tables.ts";
import type { GroupFolder } from "./folder.ts";

/** The log of the reports that one writer makes. It is only appended to; a report says how much of it is valid. */
export class LogFile {
  readonly #folder: GroupFolder;
  readonly #prefix: string;
  readonly #tables: ReportTables;
  #open: { readonly name: string; readonly file: number; length: number } | undefined;
  #count = 0;
  /** The log of the newest report that is there. */
  #shown: string | undefined;
  /** Logs of reports that the next one replaces. */
  #old: string[] = [];

  /** @param prefix what the names of its files begin with, and those of no other writer */
  constructor(folder: GroupFolder, prefix: string, tables: ReportTables) {
    this.#folder = folder;
    this.#prefix = prefix;
    this.#tables = tables;
  }

  /** Appends what the tables have; returns what the report must say of the log. */
  append(): LogPlace {
    if (this.#tables.isNew) this.close();
    const entries = this.#tables.takeLog();
    this.#open ??= this.#begin();
    const log = this.#open;
    if (fstatSync(log.file).nlink === 0) throw regionInvalid("its log was removed");
    if (entries.length > 0) {
      // Unlike `writeSync`, this writes all or throws.
      writeFileSync(log.file, entries);
      log.length += entries.length;
    }
    return { name: log.name, length: log.length };
  }

  /** Ends this log; a next one begins with the next report. Reports that are not there yet must not appear any more. */
  close(): void {
    if (this.#open === undefined) return;
    const { file, name } = this.#open;
    this.#open = undefined;
    closeSync(file);
    if (name === this.#shown) this.#old.push(name);
    // Otherwise a disk that is full would get one more with each attempt.
    else this.#folder.remove(name);
  }

  /** To be called when the newest report is there: no other one is read any more. */
  show(): void {
    this.#shown = this.#open?.name;
    for (const name of this.#old.splice(0)) this.#folder.remove(name);
  }

  #begin() {
    this.#count += 1;
    const name = `${this.#prefix}.${this.#count}.log`;
    return { name, file: openSync(this.#folder.file(name), "wx", 0o600), length: 0 };
  }
}

import { renameSync, utimesSync, writeFileSync } from "node:fs";
import type { ReportTables } from "../region/report-tables.ts";
import type { GroupFolder } from "./folder.ts";
import { LogFile } from "./log-file.ts";
import { type MemberHead, memberId, randomName, reportName } from "./report-names.ts";

/** How often an idle member tells that its report is right. */
const CONFIRM_MS = 1000;

/**
 * The files of one member. A report is written beside the one before and then takes its place, so that
 * nobody ever reads half of one.
 */
export class RegionFile {
  /** Tells it from others of the process; it has 12 hexadecimal digits. */
  readonly name = randomName();
  readonly id = memberId(this.name);
  readonly #folder: GroupFolder;
  readonly #tables: ReportTables;
  readonly #log: LogFile;
  /** The last report that was written, or is being written. */
  #last: Buffer = Buffer.alloc(0);
  /** Tells whether a report that was written in the background is still the newest. */
  #version = 0;
  #isWriting = false;
  #confirmedMs = 0;

  constructor(folder: GroupFolder, tables: ReportTables) {
    this.#folder = folder;
    this.#tables = tables;
    this.#log = new LogFile(folder, this.id, tables);
  }

  /** Whether a report is being written in the background. */
  get isWriting(): boolean {
    return this.#isWriting;
  }

  /** The last report. */
  get report(): Buffer {
    return this.#last;
  }

  /** Writes what the tables have, now. */
  write(head: MemberHead): void {
    const isChanged = this.#prepare(head);
    this.#version += 1;
    try {
      // One that is being written in the background may come too late.
      if (isChanged || this.#isWriting) {
        const path = this.#folder.file(`${this.id}.now`);
        writeFileSync(path, this.#last, { mode: 0o600 });
        this.#show(path);
      } else this.confirm();
    } catch (error) {
      this.abandon();
      throw error;
    }
  }

  /** Writes what the tables have in the background, if it has changed; rejects if that fails. */
  async writeLater(head: MemberHead): Promise<void> {
    const isChanged = this.#prepare(head);
    this.#version += 1;
    const version = this.#version;
    this.#isWriting = true;
    try {
      if (isChanged) {
        const name = `${this.id}.new`;
        await this.#folder.writeLater(name, this.#last);
        if (version === this.#version) this.#show(this.#folder.file(name));
      } else this.confirm();
    } catch (error) {
      this.abandon();
      throw error;
    } finally {
      this.#isWriting = false;
    }
  }

  /** Begins anew with the next report, as nobody knows what was written. */
  abandon(): void {
    this.#version += 1;
    this.#tables.restart();
    this.#last = Buffer.alloc(0);
    this.#log.close();
  }

  /** Writes no report any more; the last one stays. */
  end(): void {
    this.#version += 1;
    this.#log.close();
  }

  /** Tells from time to time that the report is still right; throws if it is gone. */
  confirm(): void {
    const now = Date.now();
    if (now - this.#confirmedMs < CONFIRM_MS && now >= this.#confirmedMs) return;
    const time = new Date(now);
    try {
      utimesSync(this.#folder.file(reportName(this.id)), time, time);
    } catch (error) {
      this.abandon();
      throw error;
    }
    this.#confirmedMs = now;
  }

  /** Takes the report from the tables; returns whether it differs from the one before. */
  #prepare(head: MemberHead): boolean {
    try {
      const log = this.#log.append();
      const report = this.#tables.report({ member: head, log });
      if (report.equals(this.#last)) return false;
      this.#last = report;
      return true;
    } catch (error) {
      this.abandon();
      throw error;
    }
  }

  /** Puts a report in the place of the one before. */
  #show(path: string): void {
    renameSync(path, this.#folder.file(reportName(this.id)));
    this.#log.show();
  }
}

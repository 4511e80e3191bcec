import { linkSync, utimesSync, writeFileSync } from "node:fs";
import { regionInvalid } from "../../errors.ts";
import type { ReportTables } from "../region/report-tables.ts";
import { codeOf, type GroupFolder } from "./folder.ts";
import { LogFile } from "./log-file.ts";
import { type MemberHead, ownerOf, REPORT, reportName, reportNumber } from "./report-names.ts";

/** How often others may be first before a report is given up. */
const ATTEMPTS = 100;

/** What all writers of a member's reports know. */
export interface SharedReport {
  /** The number of the newest report; 0 if there is none. */
  readonly reportNumber: number;
  /** Whether the member has ended: nobody but who has ended it reports any more. */
  readonly isClosed: boolean;
  /** When the newest was written or found to be right, in milliseconds since the epoch. */
  reportedMs: number;
  /** The checksum of what the newest report has. */
  reportChecksum: number;
  /** Raises the number by one, unless it is another one than `before`; returns whether it did. */
  raiseReportNumber(before: number): boolean;
}

/** What is to be reported. */
export interface Reported {
  readonly head: MemberHead;
  /** A number that changes with what there is to report, and is quick to compute. */
  checksum(): number;
  /** Writes all that there is at this moment. */
  fill(tables: ReportTables): void;
}

/** A report, and the checksum of what it has. */
interface ReadReport {
  readonly report: Buffer;
  readonly checksum: number;
  readonly isLast: boolean;
}

/**
 * The reports of one member as one of several threads writes them. Reports are numbered, and a writer reads the
 * series only when the report before its own is there. So a report never has less than one with a lower number,
 * whichever thread has written it, and no thread waits for another.
 */
export class NumberedReports {
  readonly #folder: GroupFolder;
  readonly #shared: SharedReport;
  readonly #id: string;
  /** What the names of the files of this writer begin with. */
  readonly #prefix: string;
  readonly #tables: ReportTables;
  readonly #log: LogFile;
  /** The last report of this writer, and its number. */
  #last: Buffer = Buffer.alloc(0);
  #number = -1;
  #isWriting = false;
  /** How often reports were given up: one that is being written meanwhile must not appear, as its log is gone. */
  #abandoned = 0;
  /** Whether the newest report may be gone. */
  #isLost = false;

  /**
   * @param id of the member
   * @param writer tells this writer from the others of the member
   */
  constructor(
    folder: GroupFolder,
    shared: SharedReport,
    tables: ReportTables,
    { id, writer }: { readonly id: string; readonly writer: string },
  ) {
    this.#folder = folder;
    this.#shared = shared;
    this.#tables = tables;
    this.#id = id;
    this.#prefix = `${id}.${writer}`;
    this.#log = new LogFile(folder, this.#prefix, tables);
  }

  /**
   * Reports what there is, now.
   *
   * @param isLast whether it is the report of a member that was closed
   * @returns whether it did: a member that has ended reports nothing
   */
  write(reported: Reported, isLast = false): boolean {
    try {
      for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
        const before = this.#shared.reportNumber;
        // Asked after the number was read: the last report has a higher one than all others.
        if (this.#shared.isClosed && !isLast) return false;
        const checksum = reported.checksum();
        const report = this.#take(reported);
        if (before === this.#number && report.equals(this.#last)) {
          this.#confirm();
          return true;
        }
        const path = this.#folder.file(`${this.#prefix}.now`);
        writeFileSync(path, report, { mode: 0o600 });
        if (this.#show(path, before, { report, checksum, isLast })) return true;
      }
    } catch (error) {
      this.#abandon();
      throw error;
    }
    throw regionInvalid("other threads report faster than this one");
  }

  /**
   * Reports in the background what there is, if it has changed and no other thread has just reported.
   *
   * @param dueMs how long ago the last report must be
   */
  async writeLater(reported: Reported, dueMs: number): Promise<void> {
    const age = Date.now() - this.#shared.reportedMs;
    if (this.#isWriting || (age >= 0 && age < dueMs)) return;
    const before = this.#shared.reportNumber;
    if (this.#shared.isClosed) return;
    this.#isWriting = true;
    const abandoned = this.#abandoned;
    try {
      const checksum = reported.checksum();
      if (checksum === this.#shared.reportChecksum && before > 0 && !this.#isLost) {
        this.#confirm();
        return;
      }
      const report = this.#take(reported);
      const name = `${this.#prefix}.new`;
      await this.#folder.writeLater(name, report);
      if (abandoned !== this.#abandoned) return;
      // Where another thread was first, what it has reported is newer.
      this.#show(this.#folder.file(name), before, { report, checksum, isLast: false });
    } catch (error) {
      this.#abandon();
      throw error;
    } finally {
      this.#isWriting = false;
    }
  }

  /** Writes no report any more. */
  end(): void {
    this.#log.close();
  }

  /**
   * Removes what is of no use any more: reports before the newest two, and what writers left that have ended.
   *
   * @param isWriting whether a writer may still write
   */
  clean(isWriting: (writer: string) => boolean): void {
    const number = this.#number;
    const useless = this.#folder.list().filter((name) => {
      if (ownerOf(name)?.id !== this.#id || name.startsWith(`${this.#prefix}.`)) return false;
      if (name.endsWith(REPORT)) return reportNumber(name) < number - 1;
      return !isWriting(name.slice(this.#id.length + 1).split(".")[0]!);
    });
    // Otherwise the newest report may be of a writer that has ended.
    if (this.#shared.reportNumber !== number) return;
    for (const name of useless) this.#folder.remove(name);
  }

  #take({ head, fill }: Reported): Buffer {
    this.#tables.begin();
    fill(this.#tables);
    const log = this.#log.append();
    return this.#tables.report({ member: head, log });
  }

  /** Shows a report that was read after the one of the number before; returns whether it is the next one. */
  #show(path: string, before: number, { report, checksum, isLast }: ReadReport): boolean {
    const shared = this.#shared;
    const number = before + 1;
    const name = reportName(this.#id, number);
    try {
      // The member may have been ended since, and its files removed.
      if (shared.isClosed && !isLast) return false;
      // A link, unlike a rename, fails where another thread was first.
      linkSync(path, this.#folder.file(name));
    } catch (error) {
      if (codeOf(error) !== "EEXIST") throw error;
      // Its thread may have been ended before it could raise the number.
      shared.raiseReportNumber(before);
      return false;
    } finally {
      this.#folder.remove(path.slice(this.#folder.path.length + 1));
    }
    if (!shared.raiseReportNumber(before) && shared.reportNumber !== number) {
      // Others have replaced this number already, and removed it.
      this.#folder.remove(name);
      return false;
    }
    this.#last = report;
    this.#number = number;
    this.#isLost = false;
    shared.reportChecksum = checksum;
    shared.reportedMs = Date.now();
    this.#log.show();
    // Whoever has just found the name of the one before can still read it.
    if (before > 0) this.#folder.remove(reportName(this.#id, before - 1));
    return true;
  }

  /** Tells that the newest report is still right; throws if it is gone. */
  #confirm(): void {
    const now = new Date();
    const number = this.#shared.reportNumber;
    try {
      utimesSync(this.#folder.file(reportName(this.#id, number)), now, now);
    } catch (error) {
      if (number === this.#shared.reportNumber) throw error;
    }
    this.#shared.reportedMs = now.getTime();
  }

  /** Begins anew with the next report, as nobody knows what was written. */
  #abandon(): void {
    this.#abandoned += 1;
    this.#tables.restart();
    this.#last = Buffer.alloc(0);
    this.#number = -1;
    this.#isLost = true;
    this.#log.close();
  }
}

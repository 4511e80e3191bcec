import {
  closeSync,
  fstatSync,
  openSync,
  renameSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { writeFile } from "node:fs/promises";
import { regionInvalid } from "../../errors.ts";
import { nodeModule } from "../../node-module.ts";
import type { RegionWriter } from "../region/writer.ts";
import type { GroupFolder } from "./folder.ts";
import { type ProcessIdentity, thisProcess } from "./liveness.ts";

/** What a report says of the process that writes it. */
export interface MemberHead {
  readonly process: string;
  /** When it joined, in milliseconds since the epoch. */
  readonly joinedMs: number;
  /** Whether it has found out what becomes of the counts of those before it. */
  readonly isSettled: boolean;
  readonly hasEnded: boolean;
  /** How long its counts wait for another member once there is none. */
  readonly keepMs: number;
}

const ID = /^(\d+)-(\d+)-[0-9a-f]{12}(?=\.)/;

/** The process of a file, and the id that all of its files begin with; undefined for other files. */
export function ownerOf(name: string): (ProcessIdentity & { readonly id: string }) | undefined {
  const found = ID.exec(name);
  return found === null
    ? undefined
    : { id: found[0], pid: Number(found[1]), start: Number(found[2]) };
}

export const REPORT = ".report";

/** How often an idle member tells that its report is right. */
const CONFIRM_MS = 1000;

/**
 * The files of one member. A report is written beside the one before and then takes its place, so that
 * nobody ever reads half of one. The log is only appended to; a report says how much of it is valid.
 */
export class RegionFile {
  readonly id: string;
  readonly #folder: GroupFolder;
  readonly #writer: RegionWriter;
  #log: { readonly name: string; readonly file: number; length: number } | undefined;
  #logs = 0;
  /** The last report that was written, or is being written. */
  #last = Buffer.alloc(0);
  /** Tells whether a report that was written in the background is still the newest. */
  #version = 0;
  /** Logs of reports that the next one replaces. */
  #oldLogs: string[] = [];
  #isWriting = false;
  #confirmedMs = 0;

  constructor(folder: GroupFolder, writer: RegionWriter) {
    const { pid, start } = thisProcess();
    this.id = `${pid}-${start}-${nodeModule("crypto").randomBytes(6).toString("hex")}`;
    this.#folder = folder;
    this.#writer = writer;
  }

  /** Whether a report is being written in the background. */
  get isWriting(): boolean {
    return this.#isWriting;
  }

  /** The last report. */
  get report(): Buffer {
    return this.#last;
  }

  /** Writes what the writer has, now. */
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

  /** Writes what the writer has in the background, if it has changed; rejects if that fails. */
  async writeLater(head: MemberHead): Promise<void> {
    const isChanged = this.#prepare(head);
    this.#version += 1;
    const version = this.#version;
    this.#isWriting = true;
    try {
      if (isChanged) {
        const path = this.#folder.file(`${this.id}.new`);
        await writeFile(path, this.#last, { mode: 0o600 });
        if (version === this.#version) this.#show(path);
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
    this.#writer.restart();
    this.#last = Buffer.alloc(0);
    this.#closeLog();
  }

  /** Takes the report from the writer; returns whether it differs from the one before. */
  #prepare(head: MemberHead): boolean {
    try {
      const log = this.#append();
      const report = Buffer.from(this.#writer.report({ member: head, log }));
      if (report.equals(this.#last)) return false;
      this.#last = report;
      return true;
    } catch (error) {
      this.abandon();
      throw error;
    }
  }

  /** Tells from time to time that the report is still right; throws if it is gone. */
  confirm(): void {
    const now = Date.now();
    if (now - this.#confirmedMs < CONFIRM_MS && now >= this.#confirmedMs) return;
    const time = new Date(now);
    try {
      utimesSync(this.#folder.file(this.id + REPORT), time, time);
    } catch (error) {
      this.abandon();
      throw error;
    }
    this.#confirmedMs = now;
  }

  /** Puts a report in the place of the one before. */
  #show(path: string): void {
    renameSync(path, this.#folder.file(this.id + REPORT));
    for (const log of this.#oldLogs.splice(0)) this.#folder.remove(log);
  }

  #append(): { readonly name: string; readonly length: number } {
    if (this.#writer.isNew) this.#closeLog();
    const entries = this.#writer.takeLog();
    this.#log ??= this.#openLog();
    const log = this.#log;
    if (fstatSync(log.file).nlink === 0) throw regionInvalid("its log was removed");
    if (entries.length > 0) {
      writeSync(log.file, entries, 0, entries.length, log.length);
      log.length += entries.length;
    }
    return { name: log.name, length: log.length };
  }

  #openLog() {
    this.#logs += 1;
    const name = `${this.id}.${this.#logs}.log`;
    return { name, file: openSync(this.#folder.file(name), "wx", 0o600), length: 0 };
  }

  #closeLog(): void {
    if (this.#log === undefined) return;
    closeSync(this.#log.file);
    this.#oldLogs.push(this.#log.name);
    this.#log = undefined;
  }
}

import { linkSync, writeFileSync } from "node:fs";
import { NarthexError, regionInvalid } from "../../errors.ts";
import { nodeModule } from "../../node-module.ts";
import { Fold } from "../merge/fold.ts";
import { RegionReader, type Report } from "../region/reader.ts";
import { RegionWriter } from "../region/writer.ts";
import { codeOf, type GroupFolder } from "./folder.ts";
import { isAlive } from "./liveness.ts";
import { type Member, oncePerProcess, processOf } from "./member.ts";
import { ReadMemory } from "./read-memory.ts";
import { type MemberHead, newestReports, ownerOf, REPORT, reportName } from "./report-names.ts";

/** How often a reading begins again because members came or went meanwhile. */
const ATTEMPTS = 20;

/** What members counted that have ended. */
export interface FoldedMembers {
  /** Each fold that takes the place of another has a higher number. */
  readonly number: number;
  /** The ids of the members whose files it replaces. */
  readonly included: readonly string[];
  readonly foldedMs: number;
  readonly report: Report | undefined;
  /** Another version of this package has written it, and understands it: it is left alone. */
  readonly isForeign?: boolean;
}

/** What is in the folder of a group at one moment. */
export interface GroupState {
  readonly members: readonly Member[];
  readonly fold: FoldedMembers;
}

const NO_FOLD: FoldedMembers = { number: 0, included: [], foldedMs: 0, report: undefined };
/** A member whose report can't be read, and which has ended. */
const DAMAGED: Omit<Member, "id" | "pid" | "start"> = {
  process: "",
  joinedMs: 0,
  isSettled: false,
  hasEnded: true,
  keepMs: 0,
  isAlive: false,
  reportedMs: 0,
  report: { head: {}, rows: [] },
};

/** A file whose time tells when the group was last scraped. */
export const ASKED = "asked";

/** The names of a fold and of its log. */
export const FOLD = /^fold-(\d+)(\.report|-[0-9a-f]+\.log)$/;

/** Who reads the files of a group. */
interface Reader {
  /** What the names of its own files begin with. */
  readonly id: string;
  /** Its own report, which it knows better than the file, if nobody else writes that. */
  readonly report?: Buffer;
}

/** Reads the files of a group's members, and folds those of members that have ended into one. */
export class GroupFiles {
  readonly #folder: GroupFolder;
  readonly #own: Reader;
  readonly #readers = new Map<string, RegionReader>();
  readonly #memory = new ReadMemory();
  readonly #onUnreadable: (name: string, error: unknown) => void;

  /**
   * @param own who reads
   * @param onUnreadable is called for a report that can't be read, which is then left out
   */
  constructor(
    folder: GroupFolder,
    own: Reader,
    onUnreadable: (name: string, error: unknown) => void,
  ) {
    this.#folder = folder;
    this.#own = own;
    this.#onUnreadable = onUnreadable;
  }

  /** Reads all members, so that each of them is either by itself or in the fold. */
  read(): GroupState {
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      const state = this.#readOnce(attempt + 1 === ATTEMPTS);
      if (state !== undefined && state.fold.number === foldNumber(this.#folder.list())) {
        this.#forget(state);
        this.#memory.release();
        return { ...state, members: oncePerProcess(state.members) };
      }
    }
    throw regionInvalid("members come and go faster than it can be read");
  }

  /**
   * Puts a fold in the place of another, with what some members have counted.
   *
   * @param keepsCounts whether it has what they and those of the fold before have counted
   * @returns whether it was the first to replace that fold
   */
  fold(before: FoldedMembers, ended: readonly Member[], keepsCounts: boolean): boolean {
    if (before.isForeign) return false;
    const fold = new Fold();
    if (keepsCounts) {
      for (const { report } of [before, ...ended]) if (report !== undefined) fold.add(report);
    }
    const names = this.#folder.list();
    const stillThere = before.included.filter((id) => names.some((name) => name.startsWith(id)));
    const included = [...stillThere, ...ended.map(({ id }) => id)];
    const number = before.number + 1;
    if (!this.#publish(fold, number, included)) return false;
    this.clean();
    return true;
  }

  /** Removes the files that the fold has replaced, and what members left behind that never reported. */
  clean(): void {
    const names = this.#folder.list();
    const reports = newestReports(names);
    const number = foldNumber(names);
    const included = new Set(this.#readFold(number)?.included);
    for (const name of names) {
      const owner = ownerOf(name);
      if (owner !== undefined) {
        const isOrphan = () => !reports.has(owner.id) && !isAlive(owner);
        if (included.has(owner.id) || isOrphan()) this.#folder.remove(name);
      } else if (Number(FOLD.exec(name)?.[1] ?? number) < number) {
        this.#folder.remove(name);
      }
    }
  }

  /** Removes everything, as all members of a state have ended; but not what another one has that came since. */
  removeAll({ members }: GroupState): void {
    const ended = new Set(members.map(({ id }) => id));
    for (const name of this.#folder.list()) {
      const owner = ownerOf(name);
      const isOurs = FOLD.test(name) || name === ASKED || owner !== undefined;
      const isNew = owner !== undefined && !ended.has(owner.id) && isAlive(owner);
      if (isOurs && !isNew) this.#folder.remove(name);
    }
    this.#folder.close();
  }

  /** @param isLast whether a report whose log has gone is damaged, as it is not just being replaced */
  #readOnce(isLast: boolean): GroupState | undefined {
    // Asked before the reports are read: one that is read of a process that has ended is then its last one.
    const running = this.#running();
    const names = this.#folder.list();
    const fold = this.#readFold(foldNumber(names));
    if (fold === undefined) return undefined;
    const members: Member[] = [];
    for (const [id, name] of newestReports(names)) {
      if (fold.included.includes(id)) continue;
      // One that has come since runs.
      const isRunning = running.get(id) ?? true;
      try {
        const read = this.#readRegion(name, id);
        if (read === undefined && !isLast) return undefined;
        if (read === undefined) throw regionInvalid("its log is gone");
        const head = headOf(read.report);
        members.push({
          ...head,
          ...ownerOf(id)!,
          isAlive: !head.hasEnded && isRunning,
          reportedMs: read.modifiedMs,
          report: read.report,
        });
      } catch (error) {
        if (!(error instanceof NarthexError)) throw error;
        this.#onUnreadable(name, error);
        // What another version writes is left alone; what is damaged goes with its process.
        const isDamaged = error.code === "NARTHEX_REGION_INVALID" && !isRunning;
        if (isDamaged) members.push({ ...DAMAGED, ...ownerOf(id)! });
      }
    }
    return { members, fold };
  }

  /** Whether the processes run of which there are reports, by the ids of the members. */
  #running(): ReadonlyMap<string, boolean> {
    const ids = [...newestReports(this.#folder.list()).keys()];
    // Asked once for each process, so that of its registries none ends before the others.
    const running = new Map<string, boolean>();
    for (const id of ids) {
      const owner = ownerOf(id)!;
      const process = processOf(owner);
      if (!running.has(process)) running.set(process, isAlive(owner));
    }
    return new Map(ids.map((id) => [id, running.get(processOf(ownerOf(id)!))!]));
  }

  #readFold(number: number): FoldedMembers | undefined {
    if (number === 0) return NO_FOLD;
    const name = `fold-${number}${REPORT}`;
    try {
      const read = this.#readRegion(name, name);
      if (read === undefined) return undefined;
      const { included } = read.report.head;
      if (!Array.isArray(included)) throw regionInvalid("it is no fold");
      return { number, included, foldedMs: read.modifiedMs, report: read.report };
    } catch (error) {
      if (!(error instanceof NarthexError)) throw error;
      this.#onUnreadable(name, error);
      const isForeign = error.code === "NARTHEX_REGION_VERSION";
      return { ...NO_FOLD, number, isForeign };
    }
  }

  /**
   * Undefined if a file has gone meanwhile.
   *
   * @param key the same for all reports of one member
   */
  #readRegion(name: string, key: string): { report: Report; modifiedMs: number } | undefined {
    // Of its own report, a member has the newest in memory, unless that could not be written.
    const { report: written } = this.#own;
    const own = name === reportName(this.#own.id) && written?.length ? written : undefined;
    const memory = this.#memory;
    // Of the file of its own report only the time is needed.
    const end = own === undefined ? undefined : 0;
    const file = this.#folder.read(name, 0, end, (length) => memory.take(length));
    if (file === undefined) return undefined;
    let reader = this.#readers.get(key);
    if (reader === undefined) {
      reader = new RegionReader();
      this.#readers.set(key, reader);
    }
    let isGone = false;
    const readLog = (log: string, from: number, to: number) => {
      const read = this.#folder.read(log, from, to);
      isGone = read === undefined;
      if (read === undefined) throw regionInvalid("its log is gone");
      return read.bytes;
    };
    try {
      const before = reader.bytes;
      const report = reader.read(own ?? file.bytes, readLog);
      if (own === undefined) memory.replace(reader.bytes === before ? file.bytes : before);
      return isGone ? undefined : { report, modifiedMs: file.modifiedMs };
    } catch (error) {
      if (isGone) return undefined;
      if (error instanceof NarthexError) throw error;
      throw regionInvalid(String(error));
    }
  }

  #publish(fold: Fold, number: number, included: readonly string[]): boolean {
    const writer = new RegionWriter(() => 0);
    fold.visit(writer);
    const log = `fold-${number}-${nodeModule("crypto").randomBytes(6).toString("hex")}.log`;
    const entries = writer.takeLog();
    writeFileSync(this.#folder.file(log), entries, { mode: 0o600, flag: "wx" });
    const report = writer.report({ included, log: { name: log, length: entries.length } });
    const beside = `${this.#own.id}.fold`;
    const name = `fold-${number}${REPORT}`;
    writeFileSync(this.#folder.file(beside), report, { mode: 0o600 });
    try {
      // A link, unlike a rename, fails where another process was first.
      linkSync(this.#folder.file(beside), this.#folder.file(name));
    } catch (error) {
      this.#folder.remove(log);
      if (codeOf(error) === "EEXIST") return false;
      throw error;
    } finally {
      this.#folder.remove(beside);
    }
    if (foldNumber(this.#folder.list()) === number) return true;
    // Others have replaced this number already, and removed it.
    for (const late of [name, log]) this.#folder.remove(late);
    return false;
  }

  #forget({ members, fold }: GroupState): void {
    const keys = new Set(members.map(({ id }) => id));
    keys.add(`fold-${fold.number}${REPORT}`);
    for (const key of this.#readers.keys()) if (!keys.has(key)) this.#readers.delete(key);
  }
}

function foldNumber(names: readonly string[]): number {
  const numbers = names.map((name) =>
    name.endsWith(REPORT) ? Number(FOLD.exec(name)?.[1] ?? 0) : 0,
  );
  return Math.max(0, ...numbers);
}

function headOf({ head }: Report): MemberHead {
  const member = head.member as MemberHead | undefined;
  if (typeof member?.process !== "string" || !Number.isFinite(member.joinedMs)) {
    throw regionInvalid("it does not tell whose it is");
  }
  return member;
}

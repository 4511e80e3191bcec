import { startOfThread } from "../group/liveness.ts";
import { countedOnce, ofThreadAlone } from "../merge/counted-once.ts";
import { Fold } from "../merge/fold.ts";
import { checksumOf } from "../region/format.ts";
import { RegionReader, type Report, type Rows } from "../region/reader.ts";
import { RegionWriter } from "../region/writer.ts";
import type { Arena } from "./arena.ts";
import { readReport, writeReport, writtenBy } from "./blob.ts";
import { LedgerReader } from "./ledger-reader.ts";
import type { MemberPlace } from "./member-place.ts";

/** How often a reading begins again because a thread's region was replaced, or threads were folded meanwhile. */
const ATTEMPTS = 100;

/** A thread with what it has. */
export interface ThreadMember {
  readonly id: number;
  readonly threadId: number;
  readonly isAlive: boolean;
  readonly report: Report;
}

/** What threads counted that have ended. */
interface FoldedThreads {
  readonly id: number;
  /** The ids of the members that it has. */
  readonly included: readonly number[];
  readonly report: Report | undefined;
}

/** What the threads of one memory have at one moment. */
export interface GroupState {
  readonly members: readonly ThreadMember[];
  readonly fold: FoldedThreads;
}

/** Reads what the threads of one memory have, and folds what those had that have ended. */
export class ThreadGroup {
  readonly #arena: Arena;
  /** The member that reads. */
  readonly #own: number;
  readonly #readers = new Map<number, MemberReader>();
  readonly #onUnreadable: (error: unknown) => void;
  #fold: FoldedThreads = { id: 0, included: [], report: undefined };

  /**
   * @param own the id of the member that reads; 0 for one of another memory
   * @param onUnreadable is called for a member that can't be read, which is then left out
   */
  constructor(arena: Arena, own: number, onUnreadable: (error: unknown) => void) {
    this.#arena = arena;
    this.#own = own;
    this.#onUnreadable = onUnreadable;
  }

  /** Reads all members, so that each of them is either by itself or in the fold. */
  read(): GroupState {
    for (let attempt = 0; ; attempt += 1) {
      const state = this.#readOnce();
      // Fewer than that are folded while it reads, or else what is left out is told of by the counter.
      if (this.#arena.fold === state.fold.id || attempt === ATTEMPTS) {
        const ids = new Set(state.members.map(({ id }) => id));
        for (const id of this.#readers.keys()) if (!ids.has(id)) this.#readers.delete(id);
        return state;
      }
    }
  }

  /** Puts what ended members have counted into the fold, and frees their memory. */
  foldEnded({ members, fold: before }: GroupState): void {
    const reports = reportsOnce(members);
    const ended = members.filter(({ isAlive }) => !isAlive);
    // Without a part in the memory there is none that the fold could be claimed for.
    if (ended.length === 0 || this.#own === 0) return;
    const fold = new Fold();
    if (before.report !== undefined) fold.add(before.report);
    // What is of the process is not added up, as threads that are still to come may have it, too.
    for (const member of ended) fold.add(ofThreadAlone(reports.get(member)!));
    const present = new Set(this.#arena.members.map(({ id }) => id));
    const included = [
      ...before.included.filter((id) => present.has(id)),
      ...ended.map(({ id }) => id),
    ];
    const writer = new RegionWriter(() => 0);
    fold.visit(writer);
    const id = writeReport(this.#arena, this.#own, writtenBy(writer, { included }));
    if (!this.#arena.replaceFold(before.id, id)) {
      this.#arena.free((owner) => owner === id);
      return;
    }
    this.#clean(before.id, new Set(included));
  }

  /** Frees what the fold has replaced, and what was left behind by threads that are no members any more. */
  #clean(before: number, included: ReadonlySet<number>): void {
    const { members } = this.#arena;
    let present = new Set<number>();
    const isMember = (id: number) => {
      if (!present.has(id)) present = new Set(members.map((member) => member.id));
      return present.has(id) && !included.has(id);
    };
    this.#arena.free((owner, claimant) => {
      if (owner === before && before !== 0) return true;
      return owner !== this.#arena.fold && !isMember(claimant);
    });
    for (const member of members) if (included.has(member.id)) member.free();
  }

  /**
   * Changes with what the members have, and takes much less than to read it. It is the same for whichever thread
   * asks.
   */
  checksum(): number {
    let checksum = this.#arena.fold;
    for (const place of this.#arena.members) {
      if (place.id <= 0) continue;
      checksum = mixed(checksum, [place.id, place.report, Number(this.#isAlive(place))]);
      checksum = this.#readerOf(place).checksum(checksum);
    }
    return checksum;
  }

  /** Which threads run, by the numbers that Node gives them. */
  runningThreads(): number[] {
    const running = this.#arena.members.filter((place) => place.id > 0 && this.#isAlive(place));
    return running.map(({ threadId }) => threadId);
  }

  #isAlive(place: MemberPlace): boolean {
    return place.id === this.#own ? !place.hasEnded : isRunning(place);
  }

  #readerOf(place: MemberPlace): MemberReader {
    const { id } = place;
    let reader = this.#readers.get(id);
    if (reader === undefined) {
      reader = new MemberReader(this.#arena, place, id);
      this.#readers.set(id, reader);
    }
    return reader;
  }

  #readOnce(): GroupState {
    const fold = this.#readFold();
    const members: ThreadMember[] = [];
    for (const place of this.#arena.members) {
      const { id, threadId } = place;
      if (id <= 0 || fold.included.includes(id)) continue;
      const isAlive = this.#isAlive(place);
      const reader = this.#readerOf(place);
      try {
        const rows = reader.read();
        // It has just begun, or was folded meanwhile.
        if (rows === undefined && isAlive) continue;
        const report = { head: {}, rows: rows ?? [] };
        members.push({ id, threadId, isAlive, report });
      } catch (error) {
        if (place.id !== id) continue;
        this.#onUnreadable(error);
        // What can't be read goes with its thread.
        if (!isAlive) members.push({ id, threadId, isAlive, report: { head: {}, rows: [] } });
      }
    }
    return { members, fold };
  }

  #readFold(): FoldedThreads {
    for (;;) {
      const id = this.#arena.fold;
      if (id === this.#fold.id) return this.#fold;
      const report = readReport(this.#arena, id, () => this.#arena.fold === id);
      if (report === undefined) continue;
      const included = (report.head.included ?? []) as readonly number[];
      this.#fold = { id, included, report };
    }
  }
}

/** The reports of threads of one process, without what several registries have of the same process or thread. */
export function reportsOnce(members: readonly ThreadMember[]): ReadonlyMap<ThreadMember, Report> {
  const ordered = [...members].sort(
    (a, b) => Number(b.isAlive) - Number(a.isAlive) || a.threadId - b.threadId || a.id - b.id,
  );
  return countedOnce(ordered, ({ threadId }) => ({ process: "", thread: threadId }));
}

function mixed(checksum: number, words: readonly number[]): number {
  return checksumOf(new Uint8Array(Int32Array.from(words).buffer), checksum);
}

function isRunning(place: MemberPlace): boolean {
  const { kernelId, kernelStart } = place;
  if (place.hasEnded) return false;
  // Where the kernel does not tell, the thread that has started it does, when it ends.
  if (kernelId === 0) return true;
  const start = startOfThread(kernelId);
  return start !== undefined && (start | 0) === kernelStart;
}

/** Reads one member: its region, and its report of what is not there. */
class MemberReader {
  readonly #arena: Arena;
  readonly #place: MemberPlace;
  readonly #id: number;
  #region: { readonly id: number; readonly reader: LedgerReader } | undefined;
  #report: { readonly id: number; readonly rows: readonly Rows[] } = { id: 0, rows: [] };
  #reports = new RegionReader();

  constructor(arena: Arena, place: MemberPlace, id: number) {
    this.#arena = arena;
    this.#place = place;
    this.#id = id;
  }

  /** What the member has at this moment; undefined if there is nothing yet, or no member any more. */
  read(): Rows[] | undefined {
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      const { region } = this.#place;
      if (region === 0 || this.#place.id !== this.#id) return undefined;
      try {
        const rows = this.#readRegion(region);
        const others = this.#readReport();
        if (rows !== undefined && this.#place.region === region) return [...rows, ...others];
      } catch (error) {
        this.#region = undefined;
        if (this.#place.region === region && this.#place.id === this.#id) throw error;
      }
    }
    return undefined;
  }

  /** Changes with the numbers of the member and with its series. */
  checksum(checksum: number): number {
    const { region } = this.#place;
    try {
      return this.#ledgerOf(region)?.checksum(mixed(checksum, [region])) ?? checksum;
    } catch {
      // What is wrong shows when it is read.
      this.#region = undefined;
      return checksum;
    }
  }

  #readRegion(id: number): Rows[] | undefined {
    return this.#ledgerOf(id)?.read();
  }

  #ledgerOf(id: number): LedgerReader | undefined {
    if (this.#region?.id !== id) {
      const at = this.#arena.find(id);
      if (at === undefined) return undefined;
      this.#region = { id, reader: new LedgerReader(this.#arena, at) };
    }
    return this.#region.reader;
  }

  #readReport(): readonly Rows[] {
    for (;;) {
      const id = this.#place.report;
      if (id === this.#report.id) return this.#report.rows;
      if (id === 0) return [];
      const report = readReport(this.#arena, id, () => this.#place.report === id, this.#reports);
      if (report !== undefined) this.#report = { id, rows: report.rows };
    }
  }
}

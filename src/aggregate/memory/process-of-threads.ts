import { threadId } from "node:worker_threads";
import type { MetricSource } from "../../model/sample-sink.ts";
import type { GroupFolder } from "../group/folder.ts";
import { folderOf, type MembershipSettings } from "../group/membership.ts";
import { NumberedReports, type Reported } from "../group/numbered-reports.ts";
import { ProcessGroup } from "../group/process-group.ts";
import { type MemberHead, memberId, randomName } from "../group/report-names.ts";
import type { GroupTroubles } from "../group-troubles.ts";
import { isCounting } from "../merge/group-sum.ts";
import { ReportTables } from "../region/report-tables.ts";
import type { Arena } from "./arena.ts";
import { inPrecedence, type ThreadGroups } from "./thread-groups.ts";

const WRITER = /^w(\d+)-/;

/**
 * The part that the threads of a process take together in a group of processes. Each of them may report what all
 * of them have: whoever shows a page, and whoever is first after an interval. So a blocked thread holds up nobody.
 * All memory that they have is a member of its own; mostly there is one.
 */
export class ProcessOfThreads {
  readonly #threads: ThreadGroups;
  readonly #settings: MembershipSettings;
  readonly #troubles: GroupTroubles;
  readonly #folder: GroupFolder;
  readonly #group: ProcessGroup;
  /** Tells the files that this thread writes from those of others. */
  readonly #writer = `w${threadId}-${randomName(6)}`;
  readonly #reports = new Map<Arena, NumberedReports>();
  /** The fold of ended threads for which files of no use were removed. */
  readonly #cleaned = new Map<Arena, number>();

  /** @throws where the folder can't be used */
  constructor(threads: ThreadGroups, settings: MembershipSettings, troubles: GroupTroubles) {
    this.#threads = threads;
    this.#settings = settings;
    this.#troubles = troubles;
    this.#folder = folderOf(settings);
    const id = `${memberId(threads.arena.name)}.${this.#writer}`;
    this.#group = new ProcessGroup(this.#folder, { id }, troubles);
    this.#folder.open();
    for (const arena of this.#arenas) this.#write(arena);
    this.#group.clean();
  }

  get asked() {
    return this.#group.asked;
  }

  /** @param isNested whether the page is part of another page that is being made */
  sum(isNested: boolean): MetricSource {
    return this.#group.sum(() => {
      if (!isNested) for (const arena of this.#arenas) this.#writeAgain(arena);
    });
  }

  /**
   * Reports in the background what has changed.
   *
   * @param everyMs how often this is called
   */
  async tick(everyMs: number): Promise<void> {
    const dueMs = this.#settings.intervalMs - everyMs / 2;
    for (const arena of this.#arenas) {
      try {
        if (!arena.isSettled) this.#write(arena);
        await this.#reportsOf(arena).writeLater(this.#reported(arena), dueMs);
        this.#clean(arena);
      } catch (error) {
        this.#troubles.unwritten(error);
      }
    }
  }

  /**
   * The thread has ended its membership.
   *
   * @param isLast whether the process ends with it
   */
  leave(isLast: boolean): void {
    const { arena: own } = this.#threads;
    const closed = this.#arenas.filter((arena) => isLast || (arena === own && this.#close(arena)));
    this.#group.guard(() => {
      for (const arena of this.#arenas) {
        if (closed.includes(arena)) this.#writeLast(arena);
        else this.#writeAgain(arena);
        this.#reportsOf(arena).end();
      }
      if (closed.length > 0) this.#group.leave(this.#settings.keepMs);
    });
  }

  get #arenas(): Arena[] {
    return this.#threads.arenas.all();
  }

  /** Ends the member that the threads of a memory are if none of them runs any more; returns whether it did. */
  #close(arena: Arena): boolean {
    const threads = this.#threads.of(arena);
    if (threads.runningThreads().length > 0) return false;
    arena.isClosed = true;
    // A thread that joins asks whether it is closed when others can see it, so that one of both gives way.
    if (threads.runningThreads().length > 0) arena.isClosed = false;
    return arena.isClosed;
  }

  #writeLast(arena: Arena): void {
    arena.isClosed = true;
    const reported = this.#reported(arena);
    this.#reportsOf(arena).write({ ...reported, head: { ...reported.head, hasEnded: true } }, true);
  }

  /** Reports what there is, also where the folder has vanished: then it is made anew. */
  #writeAgain(arena: Arena): void {
    try {
      this.#write(arena);
    } catch (error) {
      this.#folder.open();
      this.#write(arena);
      this.#troubles.unwritten(error);
    }
    this.#clean(arena);
  }

  #write(arena: Arena): void {
    const reports = this.#reportsOf(arena);
    if (!arena.isSettled && !arena.isClosed) {
      reports.write(this.#reported(arena));
      this.#group.settle(memberId(arena.name), this.#settings.keepMs);
      arena.isSettled = true;
    }
    reports.write(this.#reported(arena));
  }

  /** Removes files that threads have left which have ended. */
  #clean(arena: Arena): void {
    const { fold } = arena;
    if (this.#cleaned.get(arena) === fold) return;
    this.#cleaned.set(arena, fold);
    const running = new Set(
      this.#arenas.flatMap((one) => this.#threads.of(one).runningThreads()).map(String),
    );
    this.#reportsOf(arena).clean((writer) => running.has(WRITER.exec(writer)?.[1] ?? ""));
  }

  #reportsOf(arena: Arena): NumberedReports {
    let reports = this.#reports.get(arena);
    if (reports === undefined) {
      const names = { id: memberId(arena.name), writer: this.#writer };
      reports = new NumberedReports(this.#folder, arena, new ReportTables(), names);
      this.#reports.set(arena, reports);
    }
    return reports;
  }

  #reported(arena: Arena): Reported {
    const { process, joinedMs, keepMs } = this.#settings;
    const head: MemberHead = {
      process,
      joinedMs,
      keepMs,
      isSettled: arena.isSettled,
      threads: this.#threads.arenas.group,
      hasEnded: false,
    };
    return {
      head,
      checksum: () => this.#threads.of(arena).checksum(),
      fill: (tables) => this.#fill(tables, arena),
    };
  }

  #fill(tables: ReportTables, arena: Arena): void {
    const { members, fold } = this.#threads.read(arena);
    for (const { isAlive, threadId, report } of [...members].sort(inPrecedence)) {
      const label = threadId === 0 ? undefined : this.#threads.labelOf(threadId);
      for (const rows of report.rows) {
        const { family } = rows.series.layout;
        if (!isAlive && !isCounting(family)) continue;
        tables.add(rows, family.aggregate === "each" ? label : undefined);
      }
    }
    for (const rows of fold.report?.rows ?? []) tables.add(rows);
  }
}

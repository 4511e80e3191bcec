import { threadId, type Worker } from "node:worker_threads";
import { threadsFull } from "../../errors.ts";
import type { MetricSource, SampleSink } from "../../model/sample-sink.ts";
import type { AnyInstrument } from "../../registry/families.ts";
import type { PageGroup, RegistryParts } from "../../registry/parts.ts";
import { Demand } from "../group/demand.ts";
import { idOfThread, startOfThread } from "../group/liveness.ts";
import type { Membership } from "../group/membership.ts";
import { GroupTroubles } from "../group-troubles.ts";
import { visitMembers } from "../member-metrics.ts";
import { GroupSum, type MemberReport } from "../merge/group-sum.ts";
import type { Arena, MemberPlace } from "./arena.ts";
import { writeReport } from "./blob.ts";
import { ExtrasReport } from "./extras-report.ts";
import { Ledger } from "./ledger.ts";
import type { SharedArenas } from "./shared-arenas.ts";
import { ThreadGroup, type ThreadMember } from "./thread-group.ts";

/** How often a thread reports what is not in its region. */
const INTERVAL_MS = 250;

/** The part that a thread takes in a group: its numbers are in shared memory, and it reads those of others. */
export class ThreadMembership implements PageGroup, Membership {
  readonly kind = "threads";
  readonly #parts: RegistryParts;
  readonly #troubles: GroupTroubles;
  readonly #process: string;
  readonly #arenas: SharedArenas;
  readonly #arena: Arena;
  readonly #id: number;
  readonly #place: MemberPlace;
  readonly #ledger: Ledger;
  readonly #extras: ExtrasReport;
  readonly #groups = new Map<Arena, ThreadGroup>();
  readonly #sum: GroupSum;
  readonly #demand: Demand;
  readonly #timer: ReturnType<typeof setInterval>;
  #hasLeft = false;
  readonly #end = () => this.leave();
  /** Notes the end of a thread that this one starts, where the kernel does not tell of it. */
  readonly #watch = (worker: Worker) => {
    const id = worker.threadId;
    worker.once("exit", () => {
      for (const place of this.#arena.members) if (place.threadId === id) place.end();
    });
  };

  /** @param process what tells the process from others on a page */
  constructor(parts: RegistryParts, arenas: SharedArenas, process: string) {
    this.#parts = parts;
    this.#troubles = new GroupTroubles(parts.own);
    this.#process = process;
    this.#arenas = arenas;
    this.#arena = arenas.own;
    this.#id = this.#arena.newId();
    this.#place = takePlace(this.#arena, this.#id);
    const ledger = new Ledger(this.#arena, this.#place, this.#id, (error) =>
      this.#troubles.unwritten(error),
    );
    this.#ledger = ledger;
    this.#extras = new ExtrasReport((family) => ledger.has(family));
    this.#sum = new GroupSum((disagreement) => this.#troubles.disagreement(disagreement));
    this.#demand = new Demand(arenas, (deadlineMs) => parts.pages.collect(deadlineMs));
    // The region has these labels from now on.
    parts.labels.areShown = true;
    for (const instrument of parts.families) ledger.include(instrument);
    ledger.open();
    parts.group.member = this;
    this.#report(false);
    // Where nobody asks for a page, threads that come and go must not fill the memory.
    this.#read();
    this.#timer = setInterval(() => this.#tick(), INTERVAL_MS).unref();
    globalThis.process.on("exit", this.#end);
    if (this.#place.kernelId === 0) globalThis.process.on("worker", this.#watch);
  }

  /** Ends the membership; what the thread has counted stays in the totals of the others. */
  leave(): void {
    if (this.#hasLeft) return;
    this.#hasLeft = true;
    clearInterval(this.#timer);
    globalThis.process.removeListener("exit", this.#end);
    globalThis.process.removeListener("worker", this.#watch);
    this.#report(false);
    if (this.#parts.group.member === this) this.#parts.group.member = undefined;
    this.#ledger.leave();
    this.#place.end();
  }

  include(instrument: AnyInstrument): void {
    this.#ledger.include(instrument);
  }

  keep(write: (sink: SampleSink) => void): void {
    this.#ledger.keep(write);
  }

  forget(family: string): void {
    this.#ledger.forget(family);
  }

  sum(isNested: boolean): MetricSource {
    const begun = performance.now();
    if (!isNested) this.#report(true);
    this.#demand.note();
    const { members, folds } = this.#read();
    const sum = this.#sum.of([
      ...members.sort(inPrecedence).map(({ threadId, isAlive, report }) => {
        return { process: this.#labelOf(threadId), isAlive, report };
      }),
      ...folds,
    ]);
    const living = members.filter(({ isAlive }) => isAlive).length;
    const seconds = (performance.now() - begun) / 1000;
    return {
      *visit(sink) {
        yield* sum.visit(sink) ?? [];
        visitMembers(sink, living, seconds);
      },
    };
  }

  #labelOf(thread: number): string {
    return thread === 0 ? this.#process : `${this.#process}/${thread}`;
  }

  #tick(): void {
    this.#demand.tick();
    this.#report(false);
  }

  /** Reports what is not in the region, if it has changed. */
  #report(isScrape: boolean): void {
    try {
      this.#ledger.refresh();
      const report = this.#extras.make((sink) =>
        this.#parts.pages.report(sink, isScrape, (source) => this.#ledger.isWhole(source)),
      );
      if (report === undefined) return;
      const before = this.#place.report;
      this.#place.report = writeReport(this.#arena, this.#id, report);
      if (before !== 0) this.#arena.free((owner) => owner === before);
    } catch (error) {
      this.#troubles.unwritten(error);
    }
  }

  /** Reads the members of all memory, and folds those that have ended. */
  #read() {
    const members: ThreadMember[] = [];
    const folds: MemberReport[] = [];
    for (const arena of this.#arenas.all()) {
      try {
        const group = this.#groupOf(arena);
        const state = group.read();
        group.foldEnded(state);
        members.push(...state.members);
        const { report } = state.fold;
        if (report !== undefined) folds.push({ process: "", isAlive: false, report });
      } catch (error) {
        this.#troubles.unread(error, "shared memory");
      }
    }
    return { members, folds };
  }

  #groupOf(arena: Arena): ThreadGroup {
    let group = this.#groups.get(arena);
    if (group === undefined) {
      const own = arena === this.#arena ? this.#id : 0;
      group = new ThreadGroup(arena, own, (error) => this.#troubles.unread(error, "shared memory"));
      this.#groups.set(arena, group);
    }
    return group;
  }
}

/** The definitions of threads that run, and of those the newest, take precedence. */
function inPrecedence(a: ThreadMember, b: ThreadMember): number {
  return Number(b.isAlive) - Number(a.isAlive) || b.id - a.id;
}

function takePlace(arena: Arena, id: number): MemberPlace {
  const kernelId = idOfThread() ?? 0;
  const start = (kernelId === 0 ? undefined : startOfThread(kernelId)) ?? 0;
  const kernel = { id: kernelId, start: start | 0 };
  const place = arena.members.find((one) => one.take(id, threadId, kernel));
  if (place === undefined) throw threadsFull(`${arena.members.length} members`);
  return place;
}

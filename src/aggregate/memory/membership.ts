import { isMainThread, threadId, type Worker } from "node:worker_threads";
import { joinedAlready, threadsFull } from "../../errors.ts";
import type { MetricSource, SampleSink } from "../../model/sample-sink.ts";
import type { AnyInstrument } from "../../registry/families.ts";
import type { PageGroup, RegistryParts } from "../../registry/parts.ts";
import { type Asked, Demand } from "../group/demand.ts";

import { idOfThread, startOfThread } from "../group/liveness.ts";
import {
  folderOf,
  type Membership,
  type MembershipSettings,
  type ProcessMembership,
} from "../group/membership.ts";
import { GroupTroubles } from "../group-troubles.ts";
import { onExit, onWorker } from "../process-events.ts";
import type { Arena } from "./arena.ts";
import { writeReport } from "./blob.ts";
import { ExtrasReport } from "./extras-report.ts";
import { Ledger } from "./ledger.ts";
import type { MemberPlace } from "./member-place.ts";
import { ProcessOfThreads } from "./process-of-threads.ts";
import type { SharedArenas } from "./shared-arenas.ts";
import { ThreadGroups } from "./thread-groups.ts";

/** How often a thread reports what is not in its region. */
const INTERVAL_MS = 250;

/**
 * The part that a thread takes in a group: its numbers are in shared memory, and it reads those of others. Where
 * the threads have joined a group of processes, its pages show that.
 */
export class ThreadMembership implements PageGroup, Membership, Asked {
  readonly kind = "threads";
  readonly #parts: RegistryParts;
  readonly #troubles: GroupTroubles;
  readonly #arena: Arena;
  readonly #id: number;
  readonly #place: MemberPlace;
  readonly #ledger: Ledger;
  readonly #extras: ExtrasReport;
  readonly #threads: ThreadGroups;
  readonly #demand: Demand;
  /** The part of all threads in a group of processes. */
  #process: ProcessOfThreads | undefined;
  #everyMs = INTERVAL_MS;
  #timer: ReturnType<typeof setInterval>;
  #hasLeft = false;
  readonly #exit = () => this.#end(isMainThread);
  /** Notes the end of a thread that this one starts, where the kernel does not tell of it. */
  readonly #watch = (worker: Worker) => {
    const id = worker.threadId;
    worker.once("exit", () => {
      for (const place of this.#arena.members) if (place.threadId === id) place.end();
    });
  };

  /**
   * @param before the membership of the registry in a group of processes, which goes on in this one
   * @throws where there is no room, or the threads have joined another group of processes
   */
  constructor(parts: RegistryParts, arenas: SharedArenas, before?: ProcessMembership) {
    const { processes } = arenas;
    if (before !== undefined && processes && !isSameGroup(processes, before.settings)) {
      throw joinedAlready("joinThreads", processes.group);
    }
    this.#parts = parts;
    this.#troubles = new GroupTroubles(parts.own);
    const { arena, id, place } = takePlace(arenas, before?.name);
    this.#arena = arena;
    this.#id = id;
    this.#place = place;
    const ledger = new Ledger(arena, place, id, (error) => this.#troubles.unwritten(error));
    this.#ledger = ledger;
    this.#extras = new ExtrasReport((family) => ledger.has(family));
    this.#threads = new ThreadGroups(arenas, arena, id, this.#troubles);
    this.#demand = new Demand(this, (deadlineMs) => parts.pages.collect(deadlineMs));
    // The region has these labels from now on.
    parts.labels.areShown = true;
    for (const instrument of parts.families) ledger.include(instrument);
    ledger.open();
    parts.group.member = this;
    this.#report(false);
    // Where nobody asks for a page, threads that come and go must not fill the memory.
    this.#threads.readAll();
    this.#timer = this.#startTimer();
    onExit.add(this.#exit);
    if (this.#place.kernelId === 0) onWorker.add(this.#watch);
    if (before !== undefined) this.#goOnWith(before);
    this.#joinOthers();
  }

  /** Ends the membership; what the thread has counted stays in the totals of the others. */
  leave(): void {
    this.#end(false);
  }

  get hasProcesses(): boolean {
    return this.processes !== undefined;
  }

  /** The group of processes that the threads have joined. */
  get processes(): MembershipSettings | undefined {
    return this.#threads.arenas.processes;
  }

  /**
   * Joins the process with all of its threads to others.
   *
   * @throws where the folder can't be used, or they have joined another group
   */
  joinProcesses(settings: MembershipSettings): void {
    const { arenas } = this.#threads;
    const { processes } = arenas;
    if (processes !== undefined && !isSameGroup(processes, settings)) {
      throw joinedAlready("joinProcesses", processes.group);
    }
    if (this.#process !== undefined) return;
    const joined = processes ?? { ...settings, process: arenas.label };
    this.#enter(joined);
    arenas.processes = joined;
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
    if (!isNested) this.#report(true);
    this.#joinOthers();
    const sum = this.#process?.sum(isNested) ?? this.#threads.sum();
    this.#demand.note();
    return sum;
  }

  /** The group is scraped now. */
  ask(): void {
    this.#threads.arenas.ask();
    try {
      this.#process?.asked.ask();
    } catch (error) {
      this.#troubles.unwritten(error);
    }
  }

  get askedMs(): number {
    const ofProcesses = this.#process?.asked.askedMs ?? Number.NEGATIVE_INFINITY;
    return Math.max(ofProcesses, this.#threads.arenas.askedMs);
  }

  /** Writes on what the registry has reported as a process of its own. */
  #goOnWith(before: ProcessMembership): void {
    before.handOver(this);
    this.#ledger.keepNow((sink) => before.visitKept(sink));
    this.#arena.isSettled = true;
    this.joinProcesses(before.settings);
  }

  /** Joins the group of processes that another thread has joined, if this one does not know yet. */
  #joinOthers(): void {
    const { processes } = this.#threads.arenas;
    if (processes === undefined || this.#process !== undefined) return;
    try {
      this.#enter(processes);
    } catch (error) {
      this.#troubles.unwritten(error);
    }
  }

  #enter(settings: MembershipSettings): void {
    this.#process = new ProcessOfThreads(this.#threads, settings, this.#troubles);
    clearInterval(this.#timer);
    this.#everyMs = Math.min(INTERVAL_MS, settings.intervalMs);
    this.#timer = this.#startTimer();
  }

  #startTimer(): ReturnType<typeof setInterval> {
    return setInterval(() => this.#tick(), this.#everyMs).unref();
  }

  #tick(): void {
    this.#demand.tick();
    this.#report(false);
    this.#joinOthers();
    void this.#process?.tick(this.#everyMs);
  }

  /** @param isLast whether the process ends with it */
  #end(isLast: boolean): void {
    if (this.#hasLeft) return;
    this.#hasLeft = true;
    clearInterval(this.#timer);
    onExit.remove(this.#exit);
    onWorker.remove(this.#watch);
    this.#report(false);
    if (this.#parts.group.member === this) this.#parts.group.member = undefined;
    this.#ledger.leave();
    this.#place.end();
    this.#process?.leave(isLast);
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
}

function isSameGroup(a: MembershipSettings, b: MembershipSettings): boolean {
  return folderOf(a).path === folderOf(b).path;
}

/**
 * A place among the threads.
 *
 * @param name of a member of a group of processes that it goes on with, which gets memory of its own
 */
function takePlace(arenas: SharedArenas, name: string | undefined) {
  for (;;) {
    const arena = name === undefined ? arenas.own : arenas.make(name);
    const id = arena.newId();
    const place = placeIn(arena, id);
    // Its last thread may be leaving at this moment.
    if (!arena.isClosed) return { arena, id, place };
    place.free();
  }
}

function placeIn(arena: Arena, id: number): MemberPlace {
  const kernelId = idOfThread() ?? 0;
  const start = (kernelId === 0 ? undefined : startOfThread(kernelId)) ?? 0;
  const kernel = { id: kernelId, start: start | 0 };
  const place = arena.members.find((one) => one.take(id, threadId, kernel));
  if (place === undefined) throw threadsFull(`${arena.members.length} members`);
  return place;
}

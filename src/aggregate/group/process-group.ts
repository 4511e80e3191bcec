import { type MetricSource, type SampleSink, seriesHead } from "../../model/sample-sink.ts";
import type { GroupTroubles } from "../group-troubles.ts";
import { visitMembers } from "../member-metrics.ts";
import { GroupSum } from "../merge/group-sum.ts";
import { AskedFile } from "./demand.ts";
import type { GroupFolder } from "./folder.ts";
import { GroupFiles, type GroupState } from "./group-files.ts";
import { removeLeftGroups } from "./left-groups.ts";
import type { Member } from "./member.ts";
import { endedMembers, settle } from "./settle.ts";

/** How often somebody else may end while a member leaves. */
const ATTEMPTS = 100;

/** A group of processes as one of its members sees it: it reads the reports, and folds those of members that have ended. */
export class ProcessGroup {
  readonly #folder: GroupFolder;
  readonly #troubles: GroupTroubles;
  readonly #files: GroupFiles;
  readonly #sum: GroupSum;
  readonly asked: AskedFile;
  /** What was shown last, where the folder can't be read. */
  #state: GroupState | undefined;

  /** @param own the member */
  constructor(
    folder: GroupFolder,
    own: ConstructorParameters<typeof GroupFiles>[1],
    troubles: GroupTroubles,
  ) {
    this.#folder = folder;
    this.#troubles = troubles;
    this.#files = new GroupFiles(folder, own, (name, error) => troubles.unread(error, name));
    this.#sum = new GroupSum((disagreement) => troubles.disagreement(disagreement));
    this.asked = new AskedFile(folder);
  }

  /**
   * Finds out what becomes of the counts of earlier members.
   *
   * @param id of a member that has reported, but is not settled
   */
  settle(id: string, keepMs: number): void {
    settle(this.#files, id, keepMs);
  }

  /** Removes what nobody needs any more, in this group and in others. */
  clean(): void {
    this.#files.clean();
    removeLeftGroups(this.#folder);
  }

  /**
   * What all members have.
   *
   * @param report writes the own report, as whoever shows something has reported it before
   */
  sum(report: () => void): MetricSource {
    const begun = performance.now();
    this.guard(report);
    // Where the own report can't be written, the page has the last one, as those of other members have.
    this.guard(() => {
      this.#state = this.#files.read();
      this.#foldEnded(this.#state);
    });
    const { members, fold } = this.#state ?? { members: [], fold: { report: undefined } };
    const reports = [...members].sort(inPrecedence);
    const sum = this.#sum.of([
      ...reports,
      ...(fold.report ? [{ process: "", isAlive: false, report: fold.report }] : []),
    ]);
    const seconds = (performance.now() - begun) / 1000;
    return {
      *visit(sink) {
        yield* sum.visit(sink) ?? [];
        visitOwn(sink, members, seconds);
      },
    };
  }

  /** To be called when the last report is there: it goes to the others, or the group ends. */
  leave(keepMs: number): void {
    // Another member may leave while this one writes its fold, so whoever writes looks again.
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      const state = this.#files.read();
      if (!state.members.some(({ isAlive }) => isAlive)) {
        if (keepMs === 0) this.#files.removeAll(state);
        return;
      }
      if (!this.#foldEnded(state)) return;
    }
  }

  /** Does something that fails where the folder can't be used. */
  guard(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.#troubles.unwritten(error);
    }
  }

  /** Returns whether there were ended members. */
  #foldEnded(state: GroupState): boolean {
    const ended = endedMembers(state);
    if (ended.length > 0) this.#files.fold(state.fold, ended, true);
    return ended.length > 0;
  }
}

/** The definitions of members that run, and of those the newest, take precedence. */
function inPrecedence(a: Member, b: Member): number {
  return Number(b.isAlive) - Number(a.isAlive) || b.joinedMs - a.joinedMs || (a.id < b.id ? -1 : 1);
}

/** The metrics of the group itself. */
function visitOwn(sink: SampleSink, members: readonly Member[], seconds: number): void {
  const living = members.filter(({ isAlive }) => isAlive);
  const all = living.map(({ id, pid, start, threads }) =>
    threads === undefined ? id : JSON.stringify([pid, start, threads]),
  );
  visitMembers(sink, new Set(all).size, seconds);
  sink.family({
    name: "narthex_member_report_age_seconds",
    help: "How long ago each process of the group last told that its report is right.",
    type: "gauge",
  });
  // Several registries of one process may have joined: the oldest report counts.
  const oldestLast = [...living].sort((a, b) => b.reportedMs - a.reportedMs);
  const reportedMs = new Map(oldestLast.map((one) => [one.process, one.reportedMs]));
  for (const [process, ms] of reportedMs) {
    sink.gauge(seriesHead(PROCESS, [process]), Math.max(0, Date.now() - ms) / 1000);
  }
}

const PROCESS: readonly string[] = ["process"];

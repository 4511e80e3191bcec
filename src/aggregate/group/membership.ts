import { type MetricSource, type SampleSink, seriesHead } from "../../model/sample-sink.ts";
import type { PageGroup, RegistryParts } from "../../registry/parts.ts";
import { GroupTroubles } from "../group-troubles.ts";
import { visitMembers } from "../member-metrics.ts";
import { GroupSum } from "../merge/group-sum.ts";
import { KeptCounts } from "../merge/kept-counts.ts";
import { RegionWriter } from "../region/writer.ts";
import { Changes } from "./changes.ts";
import { AskedFile, Demand } from "./demand.ts";
import type { GroupFolder } from "./folder.ts";
import { GroupFiles, type GroupState, type Member } from "./group-files.ts";
import { removeLeftGroups } from "./left-groups.ts";
import { type MemberHead, RegionFile } from "./region-file.ts";
import { endedMembers, settle } from "./settle.ts";

/** How a process takes part in a group. */
export interface MembershipSettings {
  /** What tells the process from others on a page. */
  readonly process: string;
  readonly intervalMs: number;
  readonly keepMs: number;
}

/** The part that a process or a thread takes in a group. */
export interface Membership {
  /**
   * Ends it: pages of this process or thread show only itself from now on. What it has counted so far
   * stays in the totals of the others.
   */
  leave(): void;
}

/** The part that a process takes in a group: it reports what its registry has, and reads what others report. */
export class ProcessMembership implements PageGroup, Membership {
  readonly kind = "processes";
  readonly #parts: RegistryParts;
  readonly #troubles: GroupTroubles;
  readonly #folder: GroupFolder;
  readonly #settings: MembershipSettings;
  readonly #writer = new RegionWriter(() => Date.now() / 1000);
  readonly #own: RegionFile;
  readonly #changes: Changes;
  readonly #files: GroupFiles;
  readonly #sum: GroupSum;
  readonly #demand: Demand;
  readonly #kept = new KeptCounts();
  readonly #joinedMs = Date.now();
  readonly #timer: ReturnType<typeof setInterval>;
  #isSettled = false;
  #hasLeft = false;
  /** What was shown last, where the folder can't be read. */
  #state: GroupState | undefined;
  readonly #end = () => this.leave();

  /** @throws where the folder can't be used */
  constructor(parts: RegistryParts, folder: GroupFolder, settings: MembershipSettings) {
    this.#parts = parts;
    this.#troubles = new GroupTroubles(parts.own);
    this.#folder = folder;
    this.#settings = settings;
    this.#own = new RegionFile(folder, this.#writer);
    this.#changes = new Changes(parts);
    this.#files = new GroupFiles(folder, this.#own, (name, error) =>
      this.#troubles.unread(error, name),
    );
    this.#sum = new GroupSum((disagreement) => this.#troubles.disagreement(disagreement));
    this.#demand = new Demand(new AskedFile(folder), (deadlineMs) =>
      parts.pages.collect(deadlineMs),
    );
    this.#enter();
    this.#timer = setInterval(() => void this.#tick(), settings.intervalMs).unref();
    process.on("exit", this.#end);
    parts.group.member = this;
  }

  /** Ends the membership; what the process has counted stays in the totals of the others. */
  leave(): void {
    if (this.#hasLeft) return;
    this.#hasLeft = true;
    clearInterval(this.#timer);
    process.removeListener("exit", this.#end);
    if (this.#parts.group.member === this) this.#parts.group.member = undefined;
    this.#guard(() => {
      this.#publish(false);
      const others = this.#files.read();
      if (others.members.some(({ isAlive }) => isAlive)) this.#foldEnded(others);
      else if (this.#settings.keepMs === 0) this.#files.removeAll();
    });
  }

  sum(isNested: boolean): MetricSource {
    const begun = performance.now();
    this.#guard(() => {
      if (!isNested) this.#publish(true);
      this.#state = this.#files.read();
      this.#foldEnded(this.#state);
      this.#demand.note();
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

  /** Writes the first report, and finds out what becomes of the counts of earlier members. */
  #enter(): void {
    this.#folder.open();
    this.#publish(false);
    settle(this.#files, this.#own.id, this.#settings.keepMs);
    this.#isSettled = true;
    this.#publish(false);
    this.#files.clean();
    removeLeftGroups(this.#folder);
  }

  async #tick(): Promise<void> {
    if (this.#own.isWriting) return;
    try {
      this.#demand.tick();
      if (!this.#changes.noticed()) return this.#own.confirm();
      this.#write(false);
      await this.#own.writeLater(this.#head);
    } catch (error) {
      this.#changes.forget();
      this.#troubles.unwritten(error);
    }
  }

  #publish(isScrape: boolean): void {
    this.#write(isScrape);
    try {
      this.#own.write(this.#head);
    } catch (error) {
      if (!this.#isSettled) throw error;
      // The folder may have vanished: then it is made anew, and everything is written again.
      this.#folder.open();
      this.#write(isScrape);
      this.#own.write(this.#head);
      this.#troubles.unwritten(error);
    }
  }

  keep(write: (sink: SampleSink) => void): void {
    this.#kept.keep(write);
  }

  forget(family: string): void {
    this.#kept.forget(family);
  }

  #write(isScrape: boolean): void {
    this.#writer.begin();
    this.#parts.pages.report(this.#writer, isScrape);
    this.#kept.visit(this.#writer);
  }

  get #head(): MemberHead {
    return {
      process: this.#settings.process,
      joinedMs: this.#joinedMs,
      isSettled: this.#isSettled,
      hasEnded: this.#hasLeft,
      keepMs: this.#settings.keepMs,
    };
  }

  #foldEnded(state: GroupState): void {
    const ended = endedMembers(state);
    if (ended.length > 0) this.#files.fold(state.fold, ended, true);
  }

  #guard(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.#troubles.unwritten(error);
    }
  }
}

/** The definitions of members that run, and of those the newest, take precedence. */
function inPrecedence(a: Member, b: Member): number {
  return Number(b.isAlive) - Number(a.isAlive) || b.joinedMs - a.joinedMs || (a.id < b.id ? -1 : 1);
}

/** The metrics of the group itself. */
function visitOwn(sink: SampleSink, members: readonly Member[], seconds: number): void {
  const living = members.filter(({ isAlive }) => isAlive);
  visitMembers(sink, living.length, seconds);
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

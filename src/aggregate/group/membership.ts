import { NarthexError } from "../../errors.ts";
import { type MetricSource, type SampleSink, seriesHead } from "../../model/sample-sink.ts";
import type { PageGroup, RegistryParts } from "../../registry/parts.ts";
import { describe } from "../../warn.ts";
import { type Disagreement, GroupSum } from "../merge/group-sum.ts";
import { KeptCounts } from "../merge/kept-counts.ts";
import { RegionWriter } from "../region/writer.ts";
import { Demand } from "./demand.ts";
import type { GroupFolder } from "./folder.ts";
import { GroupFiles, type GroupState, type Member } from "./group-files.ts";
import { type MemberHead, RegionFile } from "./region-file.ts";
import { endedMembers, settle } from "./settle.ts";

/** How a process takes part in a group. */
export interface MembershipSettings {
  /** What tells the process from others on a page. */
  readonly process: string;
  readonly intervalMs: number;
  readonly keepMs: number;
}

/** The part that a process takes in a group: it reports what its registry has, and reads what others report. */
export class ProcessMembership implements PageGroup {
  readonly #parts: RegistryParts;
  readonly #folder: GroupFolder;
  readonly #settings: MembershipSettings;
  readonly #writer = new RegionWriter(() => Date.now() / 1000);
  readonly #own: RegionFile;
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
    this.#folder = folder;
    this.#settings = settings;
    this.#own = new RegionFile(folder, this.#writer);
    this.#files = new GroupFiles(folder, this.#own, (name, error) =>
      this.#reportUnread(name, error),
    );
    this.#sum = new GroupSum((disagreement) => this.#reportDisagreement(disagreement));
    this.#demand = new Demand(folder, (deadlineMs) => parts.pages.collect(deadlineMs));
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
  }

  async #tick(): Promise<void> {
    if (this.#own.isWriting) return;
    try {
      this.#demand.tick();
      this.#write(false);
      await this.#own.writeLater(this.#head);
    } catch (error) {
      this.#reportUnwritten(error);
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
      this.#reportUnwritten(error);
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
      this.#reportUnwritten(error);
    }
  }

  #reportUnwritten(error: unknown): void {
    const code = (error as NodeJS.ErrnoException).code ?? "";
    const message = `The group of processes lacks the newest metrics of this one: ${describe(error)}. It goes on trying; narthex_group_errors_total counts the failures.`;
    this.#parts.own.countGroupError("write", code, message, error);
  }

  #reportUnread(name: string, error: unknown): void {
    const isVersion = error instanceof NarthexError && error.code === "NARTHEX_REGION_VERSION";
    const message = `The page lacks what another process of the group has reported in ${name}: ${describe(error)}.`;
    this.#parts.own.countGroupError(isVersion ? "version" : "read", name, message, error);
  }

  readonly #known = new Set<string>();

  #reportDisagreement({ shown, other }: Disagreement): void {
    const texts = [shown, other].map(({ family, shape }) => JSON.stringify({ ...family, shape }));
    const problem = texts.join();
    if (this.#known.has(problem) || this.#known.size > MAX_KNOWN) return;
    this.#known.add(problem);
    const message = `Processes of the group define metric "${shown.family.name}" differently, and the page has the newest definition: ${texts[0]}, and not ${texts[1]}. This is usual while a new version is rolled out.`;
    this.#parts.own.countGroupError("definition", shown.family.name, message);
  }
}

/** How many differences between definitions are told apart. */
const MAX_KNOWN = 1000;

/** The definitions of members that run, and of those the newest, take precedence. */
function inPrecedence(a: Member, b: Member): number {
  return Number(b.isAlive) - Number(a.isAlive) || b.joinedMs - a.joinedMs || (a.id < b.id ? -1 : 1);
}

/** The metrics of the group itself. */
function visitOwn(sink: SampleSink, members: readonly Member[], seconds: number): void {
  const living = members.filter(({ isAlive }) => isAlive);
  const gauge = (name: string, help: string) => sink.family({ name, help, type: "gauge" });
  gauge("narthex_members", "Processes of the group that run.");
  sink.gauge(NO_LABELS, living.length);
  gauge(
    "narthex_member_report_age_seconds",
    "How long ago each process of the group last told that its report is right.",
  );
  // Several registries of one process may have joined: the oldest report counts.
  const oldestLast = [...living].sort((a, b) => b.reportedMs - a.reportedMs);
  const reportedMs = new Map(oldestLast.map((one) => [one.process, one.reportedMs]));
  for (const [process, ms] of reportedMs) {
    sink.gauge(seriesHead(PROCESS, [process]), Math.max(0, Date.now() - ms) / 1000);
  }
  gauge("narthex_group_read_seconds", "How long it took to read and add up the group's reports.");
  sink.gauge(NO_LABELS, seconds);
}

const NO_LABELS = seriesHead([], []);
const PROCESS: readonly string[] = ["process"];

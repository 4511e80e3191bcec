import { threadId } from "node:worker_threads";
import type { MetricSource, SampleSink } from "../../model/sample-sink.ts";
import type { PageGroup, RegistryParts } from "../../registry/parts.ts";
import { GroupTroubles } from "../group-troubles.ts";
import { KeptCounts } from "../merge/kept-counts.ts";
import { onExit } from "../process-events.ts";
import { RegionWriter } from "../region/writer.ts";
import { Changes } from "./changes.ts";
import { Demand } from "./demand.ts";
import { GroupFolder } from "./folder.ts";
import { ProcessGroup } from "./process-group.ts";
import { RegionFile } from "./region-file.ts";
import type { MemberHead } from "./report-names.ts";

/** How a process takes part in a group. */
export interface MembershipSettings {
  readonly group: string;
  /** Where the group's folder is; undefined for the usual place. */
  readonly directory: string | undefined;
  /** What tells the process from others on a page. */
  readonly process: string;
  readonly intervalMs: number;
  readonly keepMs: number;
  /** When it joined, in milliseconds since the epoch. */
  readonly joinedMs: number;
}

export function folderOf({ group, directory }: MembershipSettings): GroupFolder {
  return GroupFolder.of(group, directory);
}

/** The part that a process or a thread takes in a group. */
export interface Membership {
  /**
   * Ends it: pages of this process or thread show only itself from now on. What it has counted so far
   * stays in the totals of the others.
   */
  leave(): void;
}

/** The registries of this thread that are in a group of processes. */
const members = new Set<ProcessMembership>();

/** The part that a process takes in a group: it reports what its registry has, and reads what others report. */
export class ProcessMembership implements PageGroup, Membership {
  readonly kind = "processes";
  readonly hasProcesses = true;
  readonly #parts: RegistryParts;
  readonly #folder: GroupFolder;
  readonly settings: MembershipSettings;
  readonly #troubles: GroupTroubles;
  readonly #writer = new RegionWriter(() => Date.now() / 1000);
  readonly #own: RegionFile;
  readonly #changes: Changes;
  readonly #group: ProcessGroup;
  readonly #demand: Demand;
  readonly #kept = new KeptCounts();
  readonly #timer: ReturnType<typeof setInterval>;
  readonly #end = () => this.leave();
  #isSettled = false;
  #hasLeft = false;
  /** The membership of the thread that goes on with this one. */
  #successor: Membership | undefined;

  /** @throws where the folder can't be used */
  constructor(parts: RegistryParts, settings: MembershipSettings) {
    this.#parts = parts;
    this.settings = settings;
    this.#folder = folderOf(settings);
    this.#troubles = new GroupTroubles(parts.own);
    this.#own = new RegionFile(this.#folder, this.#writer);
    this.#changes = new Changes(parts);
    this.#group = new ProcessGroup(this.#folder, this.#own, this.#troubles);
    this.#demand = new Demand(this.#group.asked, (deadlineMs) => parts.pages.collect(deadlineMs));
    this.#enter();
    this.#timer = setInterval(() => void this.#tick(), settings.intervalMs).unref();
    onExit.add(this.#end);
    members.add(this);
    parts.group.member = this;
  }

  /** Ends the membership; what the process has counted stays in the totals of the others. */
  leave(): void {
    this.#successor?.leave();
    if (this.#hasLeft) return;
    this.#stop();
    if (this.#parts.group.member === this) this.#parts.group.member = undefined;
    // What others have of the process, too, counts once only where these have reported it.
    for (const other of members) other.#group.guard(() => other.#publish(false));
    this.#group.guard(() => {
      this.#publish(false);
      this.#own.end();
      this.#group.leave(this.settings.keepMs);
    });
  }

  /** Tells it from other members of the process: 12 hexadecimal digits. */
  get name(): string {
    return this.#own.name;
  }

  /** Reports no more, as the threads of the process go on with its reports. */
  handOver(successor: Membership): void {
    this.#stop();
    this.#own.end();
    this.#successor = successor;
  }

  /** Writes what series had counted that have gone. */
  visitKept(sink: SampleSink): void {
    this.#kept.visit(sink);
  }

  sum(isNested: boolean): MetricSource {
    const sum = this.#group.sum(() => {
      if (!isNested) this.#publishChanges();
    });
    this.#group.guard(() => this.#demand.note());
    return sum;
  }

  keep(write: (sink: SampleSink) => void): void {
    this.#kept.keep(write);
  }

  forget(family: string): void {
    this.#kept.forget(family);
  }

  /** Writes the first report, and finds out what becomes of the counts of earlier members. */
  #enter(): void {
    this.#folder.open();
    this.#publish(false);
    this.#group.settle(this.#own.id, this.settings.keepMs);
    this.#isSettled = true;
    this.#publish(false);
    this.#group.clean();
  }

  #stop(): void {
    this.#hasLeft = true;
    clearInterval(this.#timer);
    onExit.remove(this.#end);
    members.delete(this);
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

  /** Reports before a page is shown, if anything has changed since the last report. */
  #publishChanges(): void {
    // Others can't read yet what is being written in the background.
    const isReported = !this.#own.isWriting && !this.#changes.noticed();
    try {
      if (isReported) this.#own.confirm();
      else this.#publish(true);
    } catch (error) {
      this.#changes.forget();
      this.#troubles.unwritten(error);
      // Its report is gone, so it is written again.
      if (isReported) this.#publish(true);
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

  #write(isScrape: boolean): void {
    this.#writer.begin();
    this.#parts.pages.report(this.#writer, isScrape);
    this.#kept.visit(this.#writer);
  }

  get #head(): MemberHead {
    const { process, joinedMs, keepMs } = this.settings;
    return {
      process,
      joinedMs,
      keepMs,
      isSettled: this.#isSettled,
      hasEnded: this.#hasLeft,
      ...(threadId > 0 && { thread: threadId }),
    };
  }
}

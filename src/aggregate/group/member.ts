import { countedOnce } from "../merge/counted-once.ts";
import type { Report } from "../region/reader.ts";
import type { ProcessIdentity } from "./liveness.ts";
import type { MemberHead } from "./report-names.ts";

/** A member with what it has reported. */
export interface Member extends MemberHead, ProcessIdentity {
  readonly id: string;
  readonly isAlive: boolean;
  /** When it last found its report to be right, in milliseconds since the epoch. */
  readonly reportedMs: number;
  readonly report: Report;
}

/** Members without what several registries have of the same process or thread: of those that run, the first keeps it. */
export function oncePerProcess(members: readonly Member[]): Member[] {
  const ordered = [...members].sort(
    (a, b) =>
      Number(b.isAlive) - Number(a.isAlive) ||
      // They have the metrics of several threads, added up.
      Number(b.threads !== undefined) - Number(a.threads !== undefined) ||
      a.joinedMs - b.joinedMs ||
      (a.id < b.id ? -1 : 1),
  );
  const reports = countedOnce(ordered, (member) => {
    return { process: processOf(member), thread: member.thread ?? 0 };
  });
  return members.map((member) => ({ ...member, report: reports.get(member)! }));
}

/** Tells a process from others, also from later ones with the same id. */
export function processOf({ pid, start }: ProcessIdentity): string {
  return `${pid}-${start}`;
}

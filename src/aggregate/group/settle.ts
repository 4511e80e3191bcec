import type { GroupFiles, GroupState } from "./group-files.ts";
import type { Member } from "./member.ts";

/** How often others may be first before a member gives up. */
const ATTEMPTS = 100;

/**
 * Finds out what becomes of the counts of members that have ended. If another member is settled, the group
 * goes on, and it is of no matter. If none is, the group had ended: then its counts are kept for as long
 * as somebody asked for, or else dropped. Where several members begin at once, the first to replace the
 * fold decides for all.
 *
 * To be called when the report of the member itself is there, so that others see that it runs.
 */
export function settle(files: GroupFiles, own: string, keepMs: number): void {
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const state = files.read();
    const ended = endedMembers(state);
    const isNew = ended.length === 0 && state.fold.number === 0;
    if (isNew || state.members.some((member) => isSettledOther(member, own))) return;
    if (files.fold(state.fold, ended, isKept(state, ended, keepMs))) return;
  }
}

export function endedMembers({ members }: GroupState): Member[] {
  return members.filter((member) => !member.isAlive);
}

function isSettledOther({ id, isSettled, isAlive }: Member, own: string): boolean {
  return id !== own && isAlive && isSettled;
}

function isKept({ fold }: GroupState, ended: readonly Member[], keepMs: number): boolean {
  const times = [fold.foldedMs, ...ended.map(({ reportedMs }) => reportedMs)];
  return Date.now() - Math.max(...times) < Math.max(keepMs, ...ended.map((one) => one.keepMs));
}

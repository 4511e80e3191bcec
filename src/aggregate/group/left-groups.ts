import { readReport } from "../region/format.ts";
import type { GroupFolder } from "./folder.ts";
import { ASKED, FOLD } from "./group-files.ts";
import { isAlive } from "./liveness.ts";
import { type MemberHead, ownerOf, REPORT } from "./report-names.ts";

/** A group that ended a moment ago may be starting again. */
const MIN_MS = 60_000;

/** Removes the folders of groups whose processes were all killed, once nobody waits for their counts any more. */
export function removeLeftGroups(folder: GroupFolder): void {
  for (const other of folder.others()) {
    try {
      if (isLeft(other)) {
        for (const name of other.list()) if (isOurs(name)) other.remove(name);
        other.close();
      }
    } catch {
      // Whoever it belongs to is told of what is wrong with it.
    }
  }
}

function isLeft(folder: GroupFolder): boolean {
  const names = folder.list();
  const owners = names.map(ownerOf).filter((owner) => owner !== undefined);
  if (owners.some(isAlive)) return false;
  const reports = names.filter((name) => ownerOf(name) !== undefined && name.endsWith(REPORT));
  const keepMs = Math.max(MIN_MS, ...reports.map((name) => keepMsOf(folder, name)));
  return Date.now() - Math.max(...names.map((name) => folder.modifiedMs(name))) > keepMs;
}

function keepMsOf(folder: GroupFolder, name: string): number {
  const file = folder.read(name);
  if (file === undefined) return 0;
  try {
    const { member } = readReport(file.bytes).head as { readonly member?: MemberHead };
    return Number(member?.keepMs) || 0;
  } catch {
    return 0;
  }
}

function isOurs(name: string): boolean {
  return FOLD.test(name) || name === ASKED || ownerOf(name) !== undefined;
}

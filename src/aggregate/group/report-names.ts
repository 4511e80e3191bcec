import { nodeModule } from "../../node-module.ts";
import { type ProcessIdentity, thisProcess } from "./liveness.ts";

/** What a report says of the process that writes it. */
export interface MemberHead {
  readonly process: string;
  /** When it joined, in milliseconds since the epoch. */
  readonly joinedMs: number;
  /** Whether it has found out what becomes of the counts of those before it. */
  readonly isSettled: boolean;
  readonly hasEnded: boolean;
  /** How long its counts wait for another member once there is none. */
  readonly keepMs: number;
  /** The name of the threads whose memory it reports: they are one member for users, whatever memory they have. */
  readonly threads?: string;
  /** The id of the thread whose registry it is, as Node.js counts them; left out for the main thread. */
  readonly thread?: number;
}

const ID = /^(\d+)-(\d+)-([0-9a-f]{12})(?=\.|$)/;
const NUMBER = /\.(\d+)\.report$/;

export const REPORT = ".report";

/** A name that nothing else has; 12 hexadecimal digits by default. */
export function randomName(digits = 12): string {
  return nodeModule("crypto")
    .randomBytes(digits / 2)
    .toString("hex");
}

/**
 * The id of a member of this process.
 *
 * @param name 12 hexadecimal digits
 */
export function memberId(name: string): string {
  const { pid, start } = thisProcess();
  return `${pid}-${start}-${name}`;
}

/** The process of a file, and the id that all of its files begin with; undefined for other files. */
export function ownerOf(name: string): (ProcessIdentity & { readonly id: string }) | undefined {
  const found = ID.exec(name);
  return found === null
    ? undefined
    : { id: found[0], pid: Number(found[1]), start: Number(found[2]) };
}

/**
 * The name of a member's report. One that several threads write has a number: of two reports, the one with the
 * higher number is newer.
 */
export function reportName(id: string, number = 0): string {
  return number === 0 ? id + REPORT : `${id}.${number}${REPORT}`;
}

export function reportNumber(name: string): number {
  return Number(NUMBER.exec(name)?.[1] ?? 0);
}

/** The newest report of each member, by the member's id. */
export function newestReports(names: readonly string[]): ReadonlyMap<string, string> {
  const newest = new Map<string, string>();
  for (const name of names) {
    const owner = name.endsWith(REPORT) ? ownerOf(name) : undefined;
    if (owner === undefined) continue;
    const before = newest.get(owner.id);
    if (before === undefined || reportNumber(before) < reportNumber(name)) {
      newest.set(owner.id, name);
    }
  }
  return newest;
}

import { readFileSync, readlinkSync } from "node:fs";

/** Which process, and which of those that had its id one after another. */
export interface ProcessIdentity {
  readonly pid: number;
  /** When it started, in the kernel's own unit; 0 where there is no `/proc`. */
  readonly start: number;
}

export function thisProcess(): ProcessIdentity {
  return { pid: process.pid, start: startOf(process.pid) ?? 0 };
}

export function isAlive({ pid, start }: ProcessIdentity): boolean {
  if (start > 0) return startOf(pid) === start;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** When a process started; undefined if there is none, or it has ended and its parent has not noticed. */
export function startOf(pid: number): number | undefined {
  return startIn(`/proc/${pid}`);
}

/** When a thread of this process started; undefined if there is none. */
export function startOfThread(id: number): number | undefined {
  return startIn(`/proc/self/task/${id}`);
}

/** The id by which the kernel knows the thread that asks; undefined where it does not tell. */
export function idOfThread(): number | undefined {
  try {
    return Number(readlinkSync("/proc/thread-self").split("/").at(-1));
  } catch {
    return undefined;
  }
}

function startIn(folder: string): number | undefined {
  try {
    const stat = readFileSync(`${folder}/stat`, "latin1");
    // The name of the program comes first, in parentheses, and may contain anything.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const isGone = fields[0] === "Z" || fields[0] === "X";
    return isGone ? undefined : Number(fields[19]);
  } catch {
    return undefined;
  }
}

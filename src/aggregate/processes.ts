import { isMainThread } from "node:worker_threads";
import { groupUnknown, invalidSetting, joinedByOther, show, wrongArgument } from "../errors.ts";
import { knownOptions, type OptionNames } from "../options.ts";
import { mayJoin } from "../process-wide.ts";
import { metrics } from "../registry/metrics.ts";
import { PARTS, type PageGroup, type RegistryParts } from "../registry/parts.ts";
import type { Registry } from "../registry/registry.ts";
import { groupOfManager, processLabel } from "./group/manager.ts";
import {
  folderOf,
  type Membership,
  type MembershipSettings,
  ProcessMembership,
} from "./group/membership.ts";
import { INHERITED } from "./inherited.ts";
import type { ThreadMembership } from "./memory/membership.ts";

export type { Membership } from "./group/membership.ts";

/** Which group of processes to join, and how. All options may be left out under node:cluster and PM2. */
export interface JoinOptions {
  /**
   * What the processes of the group have in common, such as the name of the application. By default the
   * environment variable `NARTHEX_GROUP`, or else what PM2 or node:cluster tells.
   */
  readonly group?: string | undefined;
  /**
   * A folder that all of them can write to. By default `/dev/shm`, which is memory, where there is one, or
   * else the folder for temporary files.
   */
  readonly directory?: string | undefined;
  /** At most this many milliseconds of counts are lost with a process that is killed; 250 by default. */
  readonly intervalMs?: number | undefined;
  /**
   * How many seconds the counts of the group wait for a new process when none runs any more; 0 by default,
   * so that a restart of all processes begins at zero.
   */
  readonly keepSeconds?: number | undefined;
}

const JOIN_OPTIONS: OptionNames<JoinOptions> = {
  group: true,
  directory: true,
  intervalMs: true,
  keepSeconds: true,
};

const DEFAULT_INTERVAL_MS = 250;
const MAX_INTERVAL_MS = 60_000;

/**
 * Joins this process to others of the same host that have the same metrics, such as the workers of a
 * cluster. From then on the page of each of them shows all of them: counters, histograms and summaries
 * added up, gauges as their option `aggregate` says. Nothing is asked of another process while a page is
 * made: each writes what it has into a folder in memory, and reads what others have written.
 *
 * What a process has counted stays in the totals when it ends, and no total ever falls. A process that is
 * killed loses the last `intervalMs` milliseconds at most; one that ends by itself loses nothing.
 * Joining keeps no process alive. Calling it again for the same registry gives the same membership.
 *
 * With `joinThreads` beside it, before or after, the process and all of its threads are one member: call both in the
 * main thread, and `joinThreads` in the workers. `leave` of either membership ends both.
 *
 * @param registry the registry whose metrics are shared; by default `metrics`
 * @throws NarthexError `NARTHEX_GROUP_UNKNOWN` if nothing tells which group it is;
 * `NARTHEX_GROUP_FOLDER` if the folder belongs to somebody else or can't be made;
 * `NARTHEX_GROUP_TAKEN` if the threads of the registry have joined another group, or another version of this package
 * the same group;
 * `NARTHEX_OPTION_INVALID` if an option is bad
 *
 * @example
 * import { joinProcesses } from "narthex/processes";
 *
 * joinProcesses(metrics, { group: "articles" }); // under node:cluster and PM2: joinProcesses(metrics)
 */
export function joinProcesses(registry: Registry = metrics, options: JoinOptions = {}): Membership {
  const parts = PARTS.get(registry);
  if (parts === undefined) {
    const wayOut = "pass a registry, as in joinProcesses(metrics)";
    throw wrongArgument("joinProcesses()", show(registry), wayOut);
  }
  const { member } = parts.group;
  const threads = threadsOf(member, parts);
  const settings = joinSettings(options, threads?.processes);
  if (member?.kind === "processes") return member;
  if (!mayJoin(folderOf(settings).path)) throw joinedByOther("joinProcesses");
  if (threads === undefined) return new ProcessMembership(parts, settings);
  threads.joinProcesses(settings);
  return threads;
}

/** The membership of the registry among threads: its own one, or what a worker takes part in. */
function threadsOf(member: PageGroup | undefined, parts: RegistryParts) {
  // Another copy of this package may have made it, so its class tells nothing.
  if (member?.kind === "threads") return member as ThreadMembership;
  return isMainThread || member !== undefined ? undefined : INHERITED.join?.(parts);
}

/** @param joined the group that the threads of the process have joined */
function joinSettings(given: JoinOptions, joined: MembershipSettings | undefined) {
  const options = knownOptions("joinProcesses", given, JOIN_OPTIONS);
  const { intervalMs = DEFAULT_INTERVAL_MS, keepSeconds = 0 } = options;
  const { directory = joined?.directory } = options;
  const group = options.group ?? joined?.group ?? process.env.NARTHEX_GROUP ?? groupOfManager();
  if (group === undefined) throw groupUnknown();
  for (const [name, value] of Object.entries({ group, directory })) {
    if (value === undefined && name === "directory") continue;
    if (typeof value === "string" && value !== "") continue;
    throw invalidSetting("joinProcesses", name, value, "use a string that is not empty");
  }
  if (!(intervalMs >= 1 && intervalMs <= MAX_INTERVAL_MS)) {
    const rule = `use milliseconds from 1 to ${MAX_INTERVAL_MS}`;
    throw invalidSetting("joinProcesses", "intervalMs", intervalMs, rule);
  }
  if (!(keepSeconds >= 0 && Number.isFinite(keepSeconds))) {
    throw invalidSetting("joinProcesses", "keepSeconds", keepSeconds, "use seconds from 0");
  }
  const keepMs = keepSeconds * 1000;
  const joinedMs = Date.now();
  return { group, directory, intervalMs, keepMs, joinedMs, process: processLabel() };
}

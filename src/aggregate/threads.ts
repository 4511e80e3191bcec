import { invalidSetting, joinedByOther, show, wrongArgument } from "../errors.ts";
import { knownOptions, type OptionNames } from "../options.ts";
import { mayJoin } from "../process-wide.ts";
import { metrics } from "../registry/metrics.ts";
import { PARTS } from "../registry/parts.ts";
import type { Registry } from "../registry/registry.ts";
import { processLabel } from "./group/manager.ts";
import type { Membership, ProcessMembership } from "./group/membership.ts";
import { INHERITED } from "./inherited.ts";
import { ThreadMembership } from "./memory/membership.ts";
import { SharedArenas } from "./memory/shared-arenas.ts";

export type { Membership } from "./group/membership.ts";

/** Which threads belong together. */
export interface JoinThreadsOptions {
  /** A name for the group; by default all threads of the process that join are one. */
  readonly group?: string | undefined;
}

const JOIN_OPTIONS: OptionNames<JoinThreadsOptions> = { group: true };

INHERITED.join = (parts) =>
  SharedArenas.areInProcesses("")
    ? new ThreadMembership(parts, SharedArenas.of("", processLabel()))
    : undefined;

/**
 * Joins this thread to the others of its process: call it in the main thread and in each worker, also in
 * those of a pool. From then on the page of each of them shows all of them: counters, histograms and
 * summaries added up, gauges as their option `aggregate` says.
 *
 * The numbers are in memory that the threads share, so a thread that is busy or blocked is shown with all that
 * it has counted, and one that is terminated loses nothing. Joining keeps neither a thread nor the process alive.
 * Calling it again for the same registry gives the same membership.
 *
 * With `joinProcesses` beside it, before or after, the process and all of its threads are one member of that group,
 * and each of the threads answers for all processes. `leave` of either membership ends both.
 *
 * @param registry the registry whose metrics are shared; by default `metrics`
 * @throws NarthexError `NARTHEX_OPTION_INVALID` if an option is bad; `NARTHEX_GROUP_TAKEN` if
 * the threads have joined another group of processes than the registry, or another version of this package has joined
 * the same threads; `NARTHEX_THREADS_FULL` if there are more than 1,024 threads
 *
 * @example
 * import { joinThreads } from "narthex/threads";
 *
 * joinThreads(metrics); // in the main thread, and in what the workers run
 */
export function joinThreads(
  registry: Registry = metrics,
  options: JoinThreadsOptions = {},
): Membership {
  const parts = PARTS.get(registry);
  if (parts === undefined) {
    const wayOut = "pass a registry, as in joinThreads(metrics)";
    throw wrongArgument("joinThreads()", show(registry), wayOut);
  }
  const { group = "" } = knownOptions("joinThreads", options, JOIN_OPTIONS);
  if (typeof group !== "string") {
    throw invalidSetting("joinThreads", "group", group, "use a string");
  }
  const { member } = parts.group;
  if (member?.kind === "threads") return member;
  if (!mayJoin(`threads ${group}`)) throw joinedByOther("joinThreads");
  const arenas = SharedArenas.of(group, processLabel());
  // Another copy of this package may have made it, so its class tells nothing.
  return new ThreadMembership(parts, arenas, member as ProcessMembership | undefined);
}

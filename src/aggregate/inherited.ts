import { processWide } from "../process-wide.ts";
import type { RegistryParts } from "../registry/parts.ts";
import type { ThreadMembership } from "./memory/membership.ts";

/** What `narthex/threads` does for `narthex/processes`, which does not load it. */
export const INHERITED: {
  /** Joins the threads of the process, if these have joined a group of processes. */
  join?: (parts: RegistryParts) => ThreadMembership | undefined;
} = processWide("threads.inherited", () => ({}));

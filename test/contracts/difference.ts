import type { Counts } from "./counts.ts";

/** What is counted instead of what the contract asks for: asserted too, so that it cannot rot. */
export interface Difference {
  /** Why the framework cannot do better. */
  readonly reason: string;
  readonly counted: Counts;
}

import { NarthexError } from "../errors.ts";
import type { RegistryParts } from "../registry/parts.ts";
import { describe } from "../warn.ts";
import type { Disagreement } from "./merge/group-sum.ts";

/** How many differences between definitions are told apart. */
const MAX_KNOWN = 1000;

/** What goes wrong in a group: it is counted, and a warning tells of it once. */
export class GroupTroubles {
  readonly #own: RegistryParts["own"];
  readonly #known = new Set<string>();

  constructor(own: RegistryParts["own"]) {
    this.#own = own;
  }

  unwritten(error: unknown): void {
    const code = (error as NodeJS.ErrnoException).code ?? "";
    const message = `The group lacks the newest metrics of this process or thread: ${describe(error)}. It goes on trying; narthex_group_errors_total counts the failures.`;
    this.#own.countGroupError("write", code, message, error);
  }

  /** @param name of the report */
  unread(error: unknown, name: string): void {
    const isVersion = error instanceof NarthexError && error.code === "NARTHEX_REGION_VERSION";
    const message = `The page lacks what another member of the group has reported in ${name}: ${describe(error)}.`;
    this.#own.countGroupError(isVersion ? "version" : "read", name, message, error);
  }

  disagreement({ shown, other }: Disagreement): void {
    const texts = [shown, other].map(({ family, shape }) => JSON.stringify({ ...family, shape }));
    const problem = texts.join();
    if (this.#known.has(problem) || this.#known.size > MAX_KNOWN) return;
    this.#known.add(problem);
    const message = `Members of the group define metric "${shown.family.name}" differently, and the page has the newest definition: ${texts[0]}, and not ${texts[1]}. This is usual while a new version is rolled out.`;
    this.#own.countGroupError("definition", shown.family.name, message);
  }
}

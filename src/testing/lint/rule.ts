import type { PageFamily } from "../read-page.ts";

/** What `lint` checks. */
export interface Rule {
  /** Such as `base-unit`; findings have it. */
  readonly name: string;
  /**
   * Says what is wrong with a family. A text that is given several times is reported once.
   *
   * @param page all families of the page, including this one
   */
  check(family: PageFamily, page: readonly PageFamily[]): Iterable<string>;
}

import type { PageFamily } from "../read-page.ts";

export interface Rule {
  readonly name: string;
  /**
   * Says what is wrong with a family; the same text is only reported once.
   *
   * @param page all families, this one among them
   */
  check(family: PageFamily, page: readonly PageFamily[]): Iterable<string>;
}

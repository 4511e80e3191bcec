import type { Page, Source } from "./read-page.ts";
import { readValue, type SampleLabels } from "./read-value.ts";

/** A page once read does not change any more. */
type LiveSource = Exclude<Source, Page | string>;

/**
 * By how much a sample changed while something was done, at once or asynchronously; a sample that is
 * not there counts as 0. What the work throws is thrown again.
 *
 * @param name as it stands on the page, such as `articles_posted_total`
 * @param labels as many labels as tell the sample from others
 * @example
 * const posted = await change(registry, "articles_posted_total", { category: "news" }, () =>
 *   post({ category: "news" }),
 * );
 * expect(posted).toBe(1);
 */
export function change(
  source: LiveSource,
  name: string,
  labels: SampleLabels,
  work: () => unknown,
): Promise<number>;
export function change(source: LiveSource, name: string, work: () => unknown): Promise<number>;
export async function change(
  source: LiveSource,
  name: string,
  ...rest: [SampleLabels, () => unknown] | [() => unknown]
): Promise<number> {
  const [labels, work] = rest.length === 1 ? [{}, rest[0]] : rest;
  const before = (await readValue(source, name, labels)) ?? 0;
  await work();
  return ((await readValue(source, name, labels)) ?? 0) - before;
}

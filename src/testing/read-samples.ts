import {
  familiesOf,
  type PageFamily,
  type PageSample,
  type Source,
  textPage,
} from "./read-page.ts";

/** One line of a page. */
export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/**
 * All samples of a name, in the order of the page.
 *
 * @param name as it stands on the page: of a family, such as `articles_posted_total`, or of some of
 *   its samples, such as `latency_seconds_bucket`
 * @example
 * const posted = await readSamples(registry, "articles_posted_total");
 * // [{ name: "articles_posted_total", labels: { category: "news" }, value: 3 }]
 */
export async function readSamples(source: Source, name: string): Promise<Sample[]> {
  const samples = samplesNamed(familiesOf(await textPage(source, [name])), name);
  // What was parsed has no prototype, and would not be strictly equal to anything that one writes.
  return samples.map(({ name, labels, value }) => ({ name, labels: { ...labels }, value }));
}

/** The samples of the family of this name; where there is none, those of just this name. */
export function samplesNamed(families: readonly PageFamily[], name: string): PageSample[] {
  return families.flatMap((family) =>
    family.samples.filter((sample) => family.name === name || sample.name === name),
  );
}

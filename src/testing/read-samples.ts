import { Warnings } from "../warn.ts";
import {
  familiesOf,
  hintFor,
  type Page,
  type PageFamily,
  type PageSample,
  type Source,
  textPage,
} from "./read-page.ts";
import { briefSampleText, labelValueText } from "./sample-text.ts";

/** Fails a test. Test runners recognise it by its code, as they do the error of `node:assert`. */
export class AssertionError extends Error {
  /** As that of `node:assert`. */
  override readonly name = "AssertionError";
  /** As that of `node:assert`; test runners show the difference for it. */
  readonly code = "ERR_ASSERTION";
}

/** One line of a page. */
export interface Sample {
  /** The name on the page, with suffixes such as `_total` or `_bucket`. */
  readonly name: string;
  /** The values by the names of the labels. */
  readonly labels: Readonly<Record<string, string>>;
  /** The number of the line. */
  readonly value: number;
}

/** Labels to find a sample by. */
export type SampleLabels = Readonly<Record<string, string | number | boolean>>;

/** How many samples an error lists. */
const MAX_LISTED = 10;

/**
 * All samples of a name, in the order of the page.
 *
 * @param name as it is on the page: of a family, such as `articles_posted_total`, or of some of its
 *   samples, such as `latency_seconds_bucket`
 * @example
 * const posted = await readSamples(registry, "articles_posted_total");
 * // [{ name: "articles_posted_total", labels: { category: "news" }, value: 3 }]
 */
export async function readSamples(source: Source, name: string): Promise<Sample[]> {
  const samples = samplesNamed(familiesOf(await textPage(source, [name])), name);
  // Parsed labels have no prototype: they would not be strictly equal to an object literal.
  return samples.map(({ name, labels, value }) => ({ name, labels: { ...labels }, value }));
}

/**
 * The value of one sample; undefined if there is none. Where that may be for a mistyped name, as there
 * is one that is nearly the same, a warning says so.
 *
 * @param name as it is on the page, such as `articles_posted_total` or `latency_seconds_count`
 * @param labels all labels of the sample, or enough of them to tell it from the others
 * @throws AssertionError if several samples have these labels; the message lists them
 * @example
 * await readValue(registry, "articles_posted_total", { category: "news" }); // 3
 * await readValue(registry, "latency_seconds_bucket", { op: "select", le: 0.1 }); // 2
 */
export async function readValue(
  source: Source,
  name: string,
  labels: SampleLabels = {},
): Promise<number | undefined> {
  const families = familiesOf(await textPage(source, [name]));
  const samples = samplesNamed(families, name);
  if (samples.length === 0 && !families.some((family) => family.name === name)) {
    await warnOfName(source, name);
  }
  const matching = samples.filter((sample) => hasLabels(sample, labels));
  const exact = matching.filter((sample) => countLabels(sample.labels) === countLabels(labels));
  const found = exact.length > 0 ? exact : matching;
  if (found.length > 1) throw ambiguous(name, labels, found);
  return found[0]?.value;
}

/** A page that was read already does not change any more. */
type LiveSource = Exclude<Source, Page | string>;

/**
 * By how much a sample changes while some work is done, which may be asynchronous. A missing sample
 * counts as 0. An error of the work is thrown on.
 *
 * @param name as it is on the page, such as `articles_posted_total`
 * @param labels enough labels to tell the sample from the others
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

/** The samples of the family of this name; if there is none, the samples of just this name. */
export function samplesNamed(families: readonly PageFamily[], name: string): PageSample[] {
  return families.flatMap((family) =>
    family.samples.filter((sample) => family.name === name || sample.name === name),
  );
}

export function hasLabels(sample: PageSample, labels: SampleLabels): boolean {
  return Object.entries(labels).every(([label, wanted]) => {
    const value = sample.labels[label];
    return (
      value !== undefined && labelValueText(label, value) === labelValueText(label, String(wanted))
    );
  });
}

const warnings = new Warnings();

async function warnOfName(source: Source, name: string): Promise<void> {
  const hint = await hintFor(source, name);
  if (hint !== undefined) warnings.once(name, `There are no metrics named ${name}${hint}.`);
}

function countLabels(labels: object): number {
  return Object.keys(labels).length;
}

function ambiguous(
  name: string,
  labels: SampleLabels,
  found: readonly PageSample[],
): AssertionError {
  const lines = found.slice(0, MAX_LISTED).map(briefSampleText);
  if (found.length > MAX_LISTED) lines.push(`… and ${found.length - MAX_LISTED} more`);
  const given = countLabels(labels) === 0 ? "" : ` with the labels ${JSON.stringify(labels)}`;
  return new AssertionError(
    `${found.length} samples go by ${JSON.stringify(name)}${given}:\n  ${lines.join("\n  ")}\nGive the name and the labels of one of them.`,
  );
}

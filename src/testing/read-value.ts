import { AssertionError } from "./assertion-error.ts";
import { familiesOf, type PageSample, type Source, textPage } from "./read-page.ts";
import { samplesNamed } from "./read-samples.ts";
import { briefSampleText, labelValueText } from "./sample-text.ts";

/** The labels that a sample is sought by. */
export type SampleLabels = Readonly<Record<string, string | number | boolean>>;

const MAX_LISTED = 10;

/**
 * The value of one sample; undefined where there is none.
 *
 * @param name as it stands on the page, such as `articles_posted_total` or `latency_seconds_count`
 * @param labels all labels of the sample, or as many of them as no other has
 * @throws AssertionError where several samples have these labels; the message lists them
 * @example
 * await readValue(registry, "articles_posted_total", { category: "news" }); // 3
 * await readValue(registry, "latency_seconds_bucket", { op: "select", le: 0.1 }); // 2
 */
export async function readValue(
  source: Source,
  name: string,
  labels: SampleLabels = {},
): Promise<number | undefined> {
  const samples = samplesNamed(familiesOf(await textPage(source, [name])), name);
  const matching = samples.filter((sample) => hasLabels(sample, labels));
  const exact = matching.filter((sample) => countLabels(sample.labels) === countLabels(labels));
  const found = exact.length > 0 ? exact : matching;
  if (found.length > 1) throw ambiguous(name, labels, found);
  return found[0]?.value;
}

function hasLabels(sample: PageSample, labels: SampleLabels): boolean {
  return Object.entries(labels).every(([label, wanted]) => {
    const value = sample.labels[label];
    return (
      value !== undefined && labelValueText(label, value) === labelValueText(label, String(wanted))
    );
  });
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

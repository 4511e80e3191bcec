import { familiesOf, type PageFamily, type Source, textPage } from "./read-page.ts";
import { AssertionError, samplesNamed } from "./read-samples.ts";
import { sampleText } from "./sample-text.ts";

const MAX_LINES = 50;

/**
 * Compares metric families with the text of a page, and fails if they differ. Families that the text
 * does not have are ignored; the others must have exactly the samples that it gives. The order of
 * labels and samples does not matter, numbers are compared by value, and HELP and TYPE are compared if
 * the text has them.
 *
 * @throws AssertionError with the lines that differ in its message
 * @example
 * await expectFamilies(
 *   registry,
 *   `# TYPE articles_posted_total counter
 *   articles_posted_total{category="news"} 3
 *   articles_posted_total{category="sport"} 1`,
 * );
 */
export async function expectFamilies(source: Source, expected: string): Promise<void> {
  const wanted = familiesOf(await textPage(expected));
  if (wanted.length === 0) throw new AssertionError("The text to compare with has no metrics.");
  const names = wanted.map(({ name }) => name);
  const page = familiesOf(await textPage(source, names));
  const lines = wanted.flatMap((family) => {
    const actual = page.find(({ name }) => name === family.name);
    return difference(
      [...headerOf(family, family), ...family.samples.map(sampleText)],
      [...headerOf(family, actual), ...samplesNamed(page, family.name).map(sampleText)],
    );
  });
  if (lines.length > 0) throw new AssertionError(message(lines));
}

/** The HELP and TYPE lines of a family, if the expected one has them. */
function headerOf(expected: PageFamily, family: PageFamily | undefined): string[] {
  if (family === undefined) return [];
  const { name, help, type } = family;
  const lines: string[] = [];
  if (expected.help !== "") lines.push(`# HELP ${name} ${help.replaceAll("\n", "\\n")}`);
  if (expected.type !== "unknown") lines.push(`# TYPE ${name} ${type}`);
  return lines;
}

/** The lines that one side has more often than the other, sorted so that similar ones are adjacent. */
function difference(expected: readonly string[], actual: readonly string[]): string[] {
  const surplus = new Map<string, number>();
  for (const line of actual) surplus.set(line, (surplus.get(line) ?? 0) + 1);
  for (const line of expected) surplus.set(line, (surplus.get(line) ?? 0) - 1);
  return [...surplus]
    .filter(([, count]) => count !== 0)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([line, count]) => `${count > 0 ? "+" : "-"} ${line}`);
}

function message(lines: readonly string[]): string {
  const shown = lines.slice(0, MAX_LINES);
  if (lines.length > MAX_LINES) shown.push(`… and ${lines.length - MAX_LINES} more lines`);
  return `The metrics differ (- expected, + actual):\n\n${shown.join("\n")}\n`;
}

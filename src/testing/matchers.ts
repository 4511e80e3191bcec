import type { MetricType } from "../model/family.ts";
import { familiesOf, hintFor, type PageSample, type Source, textPage } from "./read-page.ts";
import { hasLabels, type SampleLabels, samplesNamed } from "./read-samples.ts";
import { briefSampleText, sampleText, seriesText } from "./sample-text.ts";

/** How many samples or families a message lists. */
const MAX_LISTED = 10;

/** What vitest and Jest take from a matcher. */
export interface MatcherResult {
  /** Whether what was expected is so; with `.not`, that is the failure. */
  readonly pass: boolean;
  /** What is said on a failure. */
  readonly message: () => string;
}

/**
 * Matchers for vitest and Jest. What is expected is a registry, a collector or a page, as for `readValue`;
 * both matchers must be awaited.
 *
 * - `toHaveSample(name, labels?, value?)`: a sample of this name with these labels (all, or some of them)
 *   and this value, if they are given
 * - `toHaveFamily(name, type?)`: a family of this name, and of this type if it is given
 *
 * @example
 * expect.extend(matchers); // once, in a file of the option setupFiles (vitest) or setupFilesAfterEnv (Jest)
 * await expect(registry).toHaveSample("articles_posted_total", { category: "news" }, 3);
 * await expect(registry).not.toHaveFamily("articles_deleted_total");
 */
export const matchers = {
  /** Whether there is a sample of this name, with these labels and this value if they are given. */
  async toHaveSample(
    source: Source,
    name: string,
    ...rest: [value?: number] | [labels: SampleLabels, value?: number]
  ): Promise<MatcherResult> {
    const [labels, value] = typeof rest[0] === "object" ? [rest[0], rest[1]] : [{}, rest[0]];
    const samples = samplesNamed(familiesOf(await textPage(source, [name])), name);
    const found = samples.filter(
      (sample) => hasLabels(sample, labels) && (value === undefined || isSame(sample.value, value)),
    );
    const hint = samples.length === 0 ? await hintFor(source, name) : undefined;
    return {
      pass: found.length > 0,
      message: () => {
        const wanted = wantedText(name, labels, value);
        if (found.length > 0) return `Expected no sample ${wanted}, but there is\n${list(found)}`;
        if (samples.length > 0)
          return `Expected a sample ${wanted}, but there is\n${list(samples)}`;
        return `Expected a sample ${wanted}, but there is none of this name${hint ?? ""}`;
      },
    };
  },

  /** Whether there is a family of this name on the page, and of this type if it is given. */
  async toHaveFamily(source: Source, name: string, type?: MetricType): Promise<MatcherResult> {
    const family = familiesOf(await textPage(source, [name])).find((each) => each.name === name);
    const hint = family === undefined ? await hintFor(source, name) : undefined;
    const wanted = `${name}${type === undefined ? "" : ` of type ${type}`}`;
    const pass = family !== undefined && (type === undefined || family.type === type);
    return {
      pass,
      message: () => {
        if (pass) return `Expected no family ${wanted}, but there is one`;
        if (family !== undefined) return `Expected a family ${wanted}, but it is a ${family.type}`;
        return `Expected a family ${wanted}, but there is none of this name${hint ?? ""}`;
      },
    };
  },
};

interface AsyncMatchers<R> {
  /** Expects a sample of this name, and with this value if it is given. */
  toHaveSample(name: string, value?: number): Promise<R>;
  /** Expects a sample of this name that has these labels and perhaps others, and this value if it is given. */
  toHaveSample(name: string, labels: SampleLabels, value?: number): Promise<R>;
  /** Expects a family of this name, such as `articles_posted_total`, and of this type if it is given. */
  toHaveFamily(name: string, type?: MetricType): Promise<R>;
}

declare global {
  // Both vitest and Jest's types have this namespace for matchers of other packages.
  namespace jest {
    // biome-ignore lint/complexity/noBannedTypes: all declarations must have the same parameters.
    interface Matchers<R, T = {}> extends AsyncMatchers<R> {}
  }
}

function isSame(a: number, b: number): boolean {
  return a === b || (Number.isNaN(a) && Number.isNaN(b));
}

function wantedText(name: string, labels: SampleLabels, value: number | undefined): string {
  const texts = Object.entries(labels).map(([label, text]) => [label, String(text)]);
  const sample = { name, labels: Object.fromEntries(texts), timestamp: Number.NaN };
  return value === undefined ? seriesText(sample) : sampleText({ ...sample, value });
}

function list(samples: readonly PageSample[]): string {
  const lines = samples.slice(0, MAX_LISTED).map((sample) => `  ${briefSampleText(sample)}`);
  if (samples.length > MAX_LISTED) lines.push(`  … and ${samples.length - MAX_LISTED} more`);
  return lines.join("\n");
}

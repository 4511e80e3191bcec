import { NarthexError } from "../errors.ts";
import { PROMTOOL } from "../exposition/parse/syntax.ts";
import { knownOptions, type OptionNames } from "../options.ts";
import { countAndSum, cumulativeBuckets, infiniteBucket } from "./lint/histograms.ts";
import { reservedLabel, unboundedLabel } from "./lint/labels.ts";
import {
  abbreviatedUnit,
  baseUnit,
  colon,
  noHelp,
  reservedSuffix,
  snakeCase,
  totalSuffix,
  typeInName,
} from "./lint/names.ts";
import type { Rule } from "./lint/rule.ts";
import { duplicateSeries, interleaved, negativeCount } from "./lint/series.ts";
import { familiesOf, type Source, textPage } from "./read-page.ts";

/** A fault of a metric, or something unusual about it. */
export interface Finding {
  /** The family's name on the page; empty if the page itself is at fault. */
  readonly metric: string;
  /** The name of the rule, such as `base-unit`. */
  readonly rule: string;
  /** What is wrong, in a sentence. */
  readonly text: string;
}

/** What `lint` checks besides its own rules. */
export interface LintOptions {
  /** Your own rules, in addition to the built-in ones. */
  readonly rules?: readonly Rule[] | undefined;
}

const NAMES: OptionNames<LintOptions> = { rules: true };

/** In the order of the findings. */
const RULES: readonly Rule[] = [
  // promtool has these, too.
  noHelp,
  baseUnit,
  totalSuffix,
  reservedSuffix,
  reservedLabel,
  typeInName,
  colon,
  snakeCase,
  abbreviatedUnit,
  duplicateSeries,
  // It does not have these.
  interleaved,
  negativeCount,
  cumulativeBuckets,
  infiniteBucket,
  countAndSum,
  unboundedLabel,
];

const NO_NEWLINE = "The page does not end in a newline: Prometheus refuses it.";

/**
 * Checks metrics family by family. It finds everything that `promtool check metrics` finds, in the same
 * words, and more. A page that can't be parsed is a finding of the rule `syntax`.
 *
 * @example
 * expect(await lint(registry)).toEqual([]);
 */
export async function lint(source: Source, options: LintOptions = {}): Promise<Finding[]> {
  const { rules = [] } = knownOptions("lint", options, NAMES);
  try {
    const page = await textPage(source);
    const families = familiesOf(page, PROMTOOL);
    const findings = families.flatMap((family) =>
      [...RULES, ...rules].flatMap((rule) =>
        Array.from(new Set(rule.check(family, families)), (text) => ({
          metric: family.name,
          rule: rule.name,
          text,
        })),
      ),
    );
    return isComplete(page) ? findings : [...findings, syntaxFinding(NO_NEWLINE)];
  } catch (error) {
    if (!(error instanceof NarthexError && error.code === "NARTHEX_PAGE_INVALID")) throw error;
    return [syntaxFinding(error.message)];
  }
}

function isComplete(page: string | Uint8Array): boolean {
  const last = page.at(-1);
  return last === undefined || last === "\n" || last === 0x0a;
}

function syntaxFinding(text: string): Finding {
  return { metric: "", rule: "syntax", text };
}

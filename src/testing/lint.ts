import { NarthexError } from "../errors.ts";
import { abbreviatedUnit } from "./lint/abbreviated-unit.ts";
import { baseUnit } from "./lint/base-unit.ts";
import { colon } from "./lint/colon.ts";
import { countAndSum } from "./lint/count-and-sum.ts";
import { cumulativeBuckets } from "./lint/cumulative-buckets.ts";
import { duplicateSeries } from "./lint/duplicate-series.ts";
import { infiniteBucket } from "./lint/infinite-bucket.ts";
import { interleaved } from "./lint/interleaved.ts";
import { negativeCount } from "./lint/negative-count.ts";
import { noHelp } from "./lint/no-help.ts";
import { reservedLabel } from "./lint/reserved-label.ts";
import { reservedSuffix } from "./lint/reserved-suffix.ts";
import type { Rule } from "./lint/rule.ts";
import { snakeCase } from "./lint/snake-case.ts";
import { totalSuffix } from "./lint/total-suffix.ts";
import { typeInName } from "./lint/type-in-name.ts";
import { unboundedLabel } from "./lint/unbounded-label.ts";
import { familiesOf, type Source, textPage } from "./read-page.ts";

/** What is wrong with a metric, or at least unusual. */
export interface Finding {
  /** The family's name on the page; empty where it is the page that is wrong. */
  readonly metric: string;
  /** The rule's name, such as `base-unit`. */
  readonly rule: string;
  readonly text: string;
}

export interface LintOptions {
  /** Rules of one's own, beside the built-in ones. */
  readonly rules?: readonly Rule[];
}

const RULES: readonly Rule[] = [
  // What promtool finds.
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
  // What it does not.
  interleaved,
  negativeCount,
  cumulativeBuckets,
  infiniteBucket,
  countAndSum,
  unboundedLabel,
];

const NO_NEWLINE = "The page does not end in a newline: Prometheus refuses it.";

/**
 * Finds what is wrong with metrics, family by family: all that `promtool check metrics` finds, in its
 * words, and more. A page that can't be parsed is a finding, too, of the rule `syntax`.
 *
 * @example
 * expect(await lint(registry)).toEqual([]);
 */
export async function lint(source: Source, { rules = [] }: LintOptions = {}): Promise<Finding[]> {
  try {
    const page = await textPage(source);
    const families = familiesOf(page);
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

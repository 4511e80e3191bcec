export type { FamilySource } from "../model/metric-family.ts";
export { expectFamilies } from "./expect-families.ts";
export { expectQueries, type QueryOptions } from "./expect-queries.ts";
export type { Rule } from "./lint/rule.ts";
export { type Finding, type LintOptions, lint } from "./lint.ts";
export { type MatcherResult, matchers } from "./matchers.ts";
export type { Page, PageFamily, PageSample, Source } from "./read-page.ts";
export {
  AssertionError,
  change,
  readSamples,
  readValue,
  type Sample,
  type SampleLabels,
} from "./read-samples.ts";

export { AssertionError } from "./assertion-error.ts";
export { change } from "./change.ts";
export { expectFamilies } from "./expect-families.ts";
export type { Rule } from "./lint/rule.ts";
export { type Finding, type LintOptions, lint } from "./lint.ts";
export type { Page, PageFamily, PageSample, Source } from "./read-page.ts";
export { readSamples, type Sample } from "./read-samples.ts";
export { readValue, type SampleLabels } from "./read-value.ts";

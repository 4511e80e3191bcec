import type { Rule } from "./rule.ts";

export const reservedLabel: Rule = {
  name: "reserved-label",
  *check({ type, samples }) {
    if (type === "unknown") return;
    for (const { labels } of samples) {
      if (type !== "histogram" && "le" in labels) {
        yield 'non-histogram metrics should not have "le" label';
      }
      if (type !== "summary" && "quantile" in labels) {
        yield 'non-summary metrics should not have "quantile" label';
      }
    }
  },
};

import type { Rule } from "./rule.ts";

export const totalSuffix: Rule = {
  name: "total-suffix",
  *check({ name, type }) {
    const isTotal = name.endsWith("_total");
    if (type === "counter" && !isTotal) yield 'counter metrics should have "_total" suffix';
    if (type !== "counter" && type !== "unknown" && isTotal) {
      yield 'non-counter metrics should not have "_total" suffix';
    }
  },
};

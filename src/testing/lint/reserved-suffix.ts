import type { Rule } from "./rule.ts";

/** A name like a histogram's parts may meet those of a real one. */
export const reservedSuffix: Rule = {
  name: "reserved-suffix",
  *check({ name, type }) {
    if (type === "unknown" || type === "histogram") return;
    if (name.endsWith("_bucket")) yield 'non-histogram metrics should not have "_bucket" suffix';
    if (type === "summary") return;
    for (const suffix of ["_count", "_sum"]) {
      if (!name.endsWith(suffix)) continue;
      yield `non-histogram and non-summary metrics should not have "${suffix}" suffix`;
    }
  },
};

import { hasWord } from "./has-word.ts";
import type { Rule } from "./rule.ts";

export const typeInName: Rule = {
  name: "type-in-name",
  *check({ name, type }) {
    if (hasWord(name, type)) yield `metric name should not include type '${type}'`;
  },
};

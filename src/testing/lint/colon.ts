import type { Rule } from "./rule.ts";

/** Names with colons are those of recording rules. */
export const colon: Rule = {
  name: "colon",
  *check({ name }) {
    if (name.includes(":")) yield "metric names should not contain ':'";
  },
};

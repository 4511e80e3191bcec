import type { Rule } from "./rule.ts";

export const noHelp: Rule = {
  name: "no-help",
  *check({ help }) {
    if (help === "") yield "no help text";
  },
};

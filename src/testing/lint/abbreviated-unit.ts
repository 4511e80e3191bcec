import { hasWord } from "./has-word.ts";
import type { Rule } from "./rule.ts";

const ABBREVIATIONS = "s ms us ns sec m h d b kb mb gb tb pb".split(" ");

export const abbreviatedUnit: Rule = {
  name: "abbreviated-unit",
  *check({ name }) {
    if (ABBREVIATIONS.some((unit) => hasWord(name, unit))) {
      yield "metric names should not contain abbreviated units";
    }
  },
};

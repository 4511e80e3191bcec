import type { Rule } from "./rule.ts";

const CAMEL_CASE = /[a-z][A-Z]/;

export const snakeCase: Rule = {
  name: "snake-case",
  *check({ name, samples }) {
    if (CAMEL_CASE.test(name)) {
      yield "metric names should be written in 'snake_case' not 'camelCase'";
    }
    for (const { labels } of samples) {
      if (!Object.keys(labels).some((label) => CAMEL_CASE.test(label))) continue;
      yield "label names should be written in 'snake_case' not 'camelCase'";
    }
  },
};

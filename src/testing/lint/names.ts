import type { Rule } from "./rule.ts";

export const noHelp: Rule = {
  name: "no-help",
  *check({ help }) {
    if (help === "") yield "no help text";
  },
};

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

/** A family named like a part of a histogram or summary may collide with a real one. */
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

export const typeInName: Rule = {
  name: "type-in-name",
  *check({ name, type }) {
    if (hasWord(name, type)) yield `metric name should not include type '${type}'`;
  },
};

/** By convention, only recording rules have colons in their names. */
export const colon: Rule = {
  name: "colon",
  *check({ name }) {
    if (name.includes(":")) yield "metric names should not contain ':'";
  },
};

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

const ABBREVIATED_UNITS = "s ms us ns sec m h d b kb mb gb tb pb".split(" ");

export const abbreviatedUnit: Rule = {
  name: "abbreviated-unit",
  *check({ name }) {
    if (ABBREVIATED_UNITS.some((unit) => hasWord(name, unit))) {
      yield "metric names should not contain abbreviated units";
    }
  },
};

/** Each base unit, and the units that it should replace. */
const UNITS: Readonly<Record<string, readonly string[]>> = {
  amperes: [],
  bytes: ["bits"],
  celsius: ["fahrenheit", "rankine"],
  grams: ["pounds", "ounces"],
  joules: ["calories"],
  kelvin: ["kelvins"],
  meters: ["inches", "yards", "miles"],
  metres: [],
  seconds: ["minutes", "hours", "days", "weeks"],
  volts: [],
};

const BASE_UNITS: ReadonlyMap<string, string> = new Map(
  Object.entries(UNITS).flatMap(([base, others]) => [base, ...others].map((unit) => [unit, base])),
);

const UNIT_PREFIX =
  /^(?:pico|nano|micro|milli|centi|deci|deca|hecto|kilo|mega|giga|tera|peta|kibi|mebi|gibi|tebi|pebi)/;

/** In base units, the same query and the same graph work for every metric. */
export const baseUnit: Rule = {
  name: "base-unit",
  *check({ name }) {
    for (const unit of name.split("_")) {
      const base = BASE_UNITS.get(unit) ?? BASE_UNITS.get(unit.replace(UNIT_PREFIX, ""));
      if (base === undefined) continue;
      if (base !== unit) yield `use base unit "${base}" instead of "${unit}"`;
      return;
    }
  },
};

/** Whether the name has this word, other than as its first. */
function hasWord(name: string, word: string): boolean {
  return name.toLowerCase().split("_").includes(word, 1);
}

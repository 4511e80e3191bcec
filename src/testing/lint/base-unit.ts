import type { Rule } from "./rule.ts";

/** Each base unit, and what should be given in it. */
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

const PREFIX =
  /^(?:pico|nano|micro|milli|centi|deci|deca|hecto|kilo|mega|giga|tera|peta|kibi|mebi|gibi|tebi|pebi)/;

/** One query fits them all where none has its own prefix. */
export const baseUnit: Rule = {
  name: "base-unit",
  *check({ name }) {
    for (const unit of name.split("_")) {
      const base = BASE_UNITS.get(unit) ?? BASE_UNITS.get(unit.replace(PREFIX, ""));
      if (base === undefined) continue;
      if (base !== unit) yield `use base unit "${base}" instead of "${unit}"`;
      return;
    }
  },
};

import { invalidOption, WELL_FORMED } from "../../errors.ts";
import { isObject } from "../../options.ts";

/** The values of each closed label, by its name. */
export type ClosedValues = ReadonlyMap<string, readonly string[]>;

/**
 * The names of the labels that a metric declares, and the values of those that are closed; throws where
 * the option is neither an array of names nor an object of names with their values.
 */
export function declaredLabels(
  metric: string,
  labels: unknown = [],
): { readonly names: readonly string[]; readonly closed: ClosedValues } {
  if (Array.isArray(labels)) return { names: [...labels], closed: new Map() };
  if (!isObject(labels)) {
    const rule = "use an array of names, or an object of names with their values";
    throw invalidOption(metric, "labels", labels, rule);
  }
  const closed = new Map<string, readonly string[]>();
  for (const [name, values] of Object.entries(labels) as [string, unknown][]) {
    if (values === String) continue;
    checkValues(metric, `labels.${name}`, values);
    closed.set(name, [...values]);
  }
  return { names: Object.keys(labels), closed };
}

/** Throws unless the values are distinct strings. */
function checkValues(
  metric: string,
  option: string,
  values: unknown,
): asserts values is readonly string[] {
  if (!Array.isArray(values) || values.length === 0) {
    const rule = "use an array of at least one value, or String for any value";
    throw invalidOption(metric, option, values, rule);
  }
  const known = new Set<string>();
  for (const [i, value] of values.entries()) {
    if (typeof value !== "string" || !value.isWellFormed()) {
      throw invalidOption(metric, `${option}[${i}]`, value, `use ${WELL_FORMED}`);
    }
    if (known.has(value))
      throw invalidOption(metric, `${option}[${i}]`, value, "it is there twice");
    known.add(value);
  }
}

/** Throws where closed labels have more series than the metric may have. */
export function checkSeriesCount(metric: string, closed: ClosedValues, limit: number): void {
  const count = [...closed.values()].reduce((product, { length }) => product * length, 1);
  if (count <= limit) return;
  const rule = `its labels have ${count} series, which are all there from the start: raise it, or declare a label with String`;
  throw invalidOption(metric, "limit", limit, rule);
}

/** All label sets of closed labels; the values of the last label change fastest. */
export function* labelSets(lists: readonly (readonly string[])[]): Generator<readonly string[]> {
  const [first, ...others] = lists;
  if (first === undefined) yield [];
  else for (const value of first) for (const rest of labelSets(others)) yield [value, ...rest];
}

/** The labels as the signature of a definition has them. */
export function signatureOf(names: readonly string[], closed: ClosedValues): unknown {
  if (closed.size === 0) return names;
  return Object.fromEntries(names.map((name) => [name, closed.get(name) ?? "String"]));
}

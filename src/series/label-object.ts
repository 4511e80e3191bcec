import { invalidLabelValue, labelsMismatch, unknownLabelValue } from "../errors.ts";

/** The values that closed labels may have, by name. */
type ClosedValues = ReadonlyMap<string, readonly string[]>;

/**
 * The values of a label object in the order of `names`; throws if it has other labels, or a value that a
 * closed label does not have.
 */
export function readLabels(
  metric: string,
  names: readonly string[],
  labels: object,
  closed?: ClosedValues,
): string[] {
  checkDeclared(metric, names, labels);
  if (lacksLabels(names, labels)) throw labelsMismatch(metric, names, labels);
  return names.map((name) => labelText(metric, name, labels, closed));
}

/**
 * The labels of an object that may lack some, as texts; throws if it has others.
 *
 * @param before those that were given earlier, for the message
 */
export function readSomeLabels(
  metric: string,
  names: readonly string[],
  labels: object,
  before: object = {},
  closed?: ClosedValues,
): Readonly<Record<string, string>> {
  checkDeclared(metric, names, labels, before);
  const given = names.filter((name) => isGiven(labels, name));
  return Object.fromEntries(given.map((name) => [name, labelText(metric, name, labels, closed)]));
}

/** Whether an object lacks one of the labels. What is no object lacks none: it is no label set. */
export function lacksLabels(names: readonly string[], labels: object): boolean {
  if (typeof labels !== "object" || labels === null) return false;
  for (const name of names) if (!isGiven(labels, name)) return true;
  return false;
}

function checkDeclared(
  metric: string,
  names: readonly string[],
  labels: object,
  before?: object,
): void {
  if (typeof labels !== "object" || labels === null) throw labelsMismatch(metric, names, labels);
  if (Object.keys(labels).every((name) => names.includes(name))) return;
  throw labelsMismatch(metric, names, before === undefined ? labels : { ...before, ...labels });
}

/**
 * Whether an object has a label, itself or from its class: all objects have what a library adds to
 * `Object.prototype`.
 */
function isGiven(labels: object, name: string): boolean {
  return Object.hasOwn(labels, name) || (name in labels && !(name in Object.prototype));
}

function labelText(
  metric: string,
  name: string,
  labels: object,
  closed: ClosedValues | undefined,
): string {
  const value = (labels as Record<string, unknown>)[name];
  const text = textOf(metric, name, value);
  const values = closed?.get(name);
  if (values?.includes(text) === false) throw unknownLabelValue(metric, name, value, values);
  return text;
}

function textOf(metric: string, name: string, value: unknown): string {
  // UTF-8 can't encode lone surrogates. They are replaced here, as a text encoder would do, so that
  // two label sets that look the same on a page are the same series.
  if (typeof value === "string") return value.isWellFormed() ? value : value.toWellFormed();
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  throw invalidLabelValue(metric, name, value);
}

import type { LabelValues } from "./label-values.ts";

/** A place of a table that never had a slot: a lookup ends here. */
export const EMPTY = -1;

/** A lookup looks at so many places of the table at most. */
export const STEPS = 8;

/** What a reader needs of the index of a family. */
interface Index {
  readonly names: readonly string[];
  readonly labels: readonly LabelValues[];
  readonly ids: Int32Array;
  readonly places: Int32Array;
  find(values: readonly string[]): number;
  findFar(values: readonly string[]): number;
}

/**
 * Reads a label object, and gives the slot of its series; -1 where its labels are not exactly those
 * declared, a value is no label value, or there is no such series.
 */
export type LabelReader = (index: Index, labels: object) => number;

/** What the code of a generated reader uses. */
const parts = { EMPTY, STEPS, mix, placed, textOf, hasOwn: Object.prototype.hasOwnProperty };

/**
 * The readers by label names: each has reads of its own, which V8 makes plain field loads. A function
 * that reads any labels takes twice as long.
 */
const readers = new Map<string, LabelReader>();

/** The reader of these label names; where no code may be generated, one for all names. */
export function labelReader(names: readonly string[]): LabelReader {
  const key = JSON.stringify(names);
  let reader = readers.get(key);
  if (reader === undefined) {
    reader = canGenerate ? generatedReader(names) : sharedReader;
    readers.set(key, reader);
  }
  return reader;
}

/** Whether this runtime lets code be made from strings: some edge runtimes and security policies don't. */
export const canGenerate = mayGenerate();

function mayGenerate(): boolean {
  try {
    return new Function("return true")() === true;
  } catch {
    return false;
  }
}

/** Reads the labels in the order of the object's properties. */
export function sharedReader(index: Index, labels: object): number {
  const { names } = index;
  const values: string[] = [];
  let count = 0;
  // V8 turns reads in a `for…in` loop into plain field loads, unlike `labels[name]` for a list of names.
  for (const name in labels) {
    if (name !== names[count] || !parts.hasOwn.call(labels, name)) return EMPTY;
    const value = textOf((labels as Record<string, unknown>)[name]);
    if (value === undefined) return EMPTY;
    values.push(value);
    count += 1;
  }
  return count === names.length ? index.find(values) : EMPTY;
}

/**
 * A reader for these names, which stand in its code as JSON strings, and nothing else of theirs does. It
 * reads all values before it looks at the index, because a getter may change that.
 */
export function generatedReader(names: readonly string[]): LabelReader {
  const each = (code: (i: number) => string) => names.map((_, i) => code(i)).join("\n");
  const code = `
    const { EMPTY, STEPS, mix, placed, textOf, hasOwn } = parts;
    return (index, labels) => {
      if (typeof labels !== "object" || labels === null) return EMPTY;
      ${each((i) => `let value${i} = labels[${JSON.stringify(names[i])}];`)}
      ${each((i) => `if (typeof value${i} !== "string" && (value${i} = textOf(value${i})) === undefined) return EMPTY;`)}
      let count = 0;
      for (const name in labels) {
        if (!hasOwn.call(labels, name)) return EMPTY;
        count += 1;
      }
      if (count !== ${names.length}) return EMPTY;
      const { places, ids } = index;
      const mask = places.length - 1;
      let hash = 0;
      ${each((i) => `const label${i} = index.labels[${i}]; hash = mix(hash, label${i}.hash(value${i}));`)}
      ${each((i) => `const values${i} = label${i}.values;`)}
      let place = placed(hash) & mask;
      for (let step = 0; step < STEPS; step += 1) {
        const slot = places[place];
        if (slot === EMPTY) break;
        const base = slot * ${names.length};
        if (slot >= 0 ${names.map((_, i) => `&& values${i}[ids[base + ${i}]] === value${i}`).join(" ")}) return slot;
        place = (place + 1) & mask;
      }
      return index.findFar([${names.map((_, i) => `value${i}`)}]);
    };`;
  return new Function("parts", code)(parts) as LabelReader;
}

/** The texts of the smallest whole numbers, such as those of HTTP statuses. */
const smallNumbers = Array.from({ length: 1024 }, (_, number) => `${number}`);

/** The text of a label value; undefined if it is none. */
function textOf(value: unknown): string | undefined {
  if (typeof value === "string") return value;
  if (typeof value === "number") {
    const isSmall = (value | 0) === value && value >= 0 && value < smallNumbers.length;
    return isSmall ? smallNumbers[value] : String(value);
  }
  return typeof value === "boolean" ? String(value) : undefined;
}

/** The hash of a label set with one more value. */
export function mix(hash: number, part: number): number {
  return Math.imul(hash ^ part, 0x9e3779b1);
}

/** The hash with its high bits in the low ones, which are those that name a place. */
export function placed(hash: number): number {
  return hash ^ (hash >>> 15);
}

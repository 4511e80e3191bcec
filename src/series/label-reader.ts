import { placeCode } from "./closed-place.ts";
import type { LabelValues } from "./label-values.ts";
import { type HashedCharacters, hashCode, spread, weightOf } from "./value-hash.ts";

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

/** What the code of a reader depends on, for each label. */
export interface ReadLabel {
  readonly name: string;
  /** The values of a closed label. */
  readonly list?: readonly string[] | undefined;
  /** What of a value is hashed; undefined if its id is. */
  readonly hashed?: HashedCharacters | undefined;
}

/** Of a closed label with more values, the code would be long: it is looked up as others are. */
const MANY_VALUES = 64;

/** What the code of a generated reader uses. */
const parts = { EMPTY, STEPS, spread, textOf, hasOwn: Object.prototype.hasOwnProperty };

/**
 * The readers by what their code depends on: each has reads of its own, which V8 makes plain field loads. A function
 * that reads any labels takes twice as long.
 */
const readers = new Map<string, LabelReader>();

/** The reader of these labels; where no code may be generated, one for all. */
export function labelReader(labels: readonly ReadLabel[]): LabelReader {
  const key = JSON.stringify(labels);
  let reader = readers.get(key);
  if (reader === undefined) {
    reader = canGenerate ? generatedReader(labels) : sharedReader;
    readers.set(key, reader);
  }
  return reader;
}

/** Whether this runtime lets code be made from strings: some edge runtimes and security policies don't. */
const canGenerate = mayGenerate();

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
 * A reader for these labels, whose names and closed values stand in its code as JSON strings, and nothing else of theirs
 * does. It reads all values before it looks at the index, because a getter may change that: then it may find nothing.
 *
 * A closed label is hashed by the place of its value, which is its id. Where all labels are closed, there is
 * nothing to look up: slots are in the order of the label sets, and those of the last label change fastest.
 */
export function generatedReader(labels: readonly ReadLabel[]): LabelReader {
  const lists = labels.map(({ list }) => (list && list.length <= MANY_VALUES ? list : undefined));
  const each = (code: (i: number) => string) => labels.map((_, i) => code(i)).join("\n");
  const code = `
    const { EMPTY, STEPS, spread, textOf, hasOwn } = parts;
    return (index, labels) => {
      if (typeof labels !== "object" || labels === null) return EMPTY;
      ${each((i) => `let value${i} = labels[${JSON.stringify(labels[i]!.name)}];`)}
      ${each((i) => `if (typeof value${i} !== "string" && (value${i} = textOf(value${i})) === undefined) return EMPTY;`)}
      let count = 0;
      for (const name in labels) {
        if (!hasOwn.call(labels, name)) return EMPTY;
        count += 1;
      }
      if (count !== ${labels.length}) return EMPTY;
      ${each((i) => (lists[i] ? `const part${i} = ${placeCode(`value${i}`, lists[i])}; if (part${i} < 0) return EMPTY;` : ""))}
      ${lists.length > 0 && lists.every(Boolean) ? computedSlot(lists) : slotInTable(labels, lists)}
    };`;
  return new Function("parts", code)(parts) as LabelReader;
}

/** The values of each closed label that has few. */
type Lists = readonly (readonly string[] | undefined)[];

/** The code that computes the slot from the places of all values. */
function computedSlot(lists: Lists): string {
  const slot = lists.reduce((before, list, i) => `(${before} * ${list!.length} + part${i})`, "0");
  return `return ${slot};`;
}

/** The code that looks a slot up in the index. */
function slotInTable(labels: readonly ReadLabel[], lists: Lists): string {
  const each = (code: (i: number) => string) => labels.map((_, i) => code(i)).join("\n");
  const hashes = labels.map(({ hashed }, i) => {
    if (lists[i]) return `part${i}`;
    return hashed ? hashCode(`value${i}`, hashed) : `label${i}.idHash(value${i})`;
  });
  const hasValues = labels.map((_, i) =>
    lists[i] ? `ids[base + ${i}] === part${i}` : `values${i}[ids[base + ${i}]] === value${i}`,
  );
  return `
      const { places, ids } = index;
      const mask = places.length - 1;
      ${each((i) => (lists[i] ? "" : `const label${i} = index.labels[${i}]; const values${i} = label${i}.values;`))}
      let hash = 0;
      ${each((i) => `hash = (hash + Math.imul(${hashes[i]}, ${weightOf(i)})) | 0;`)}
      let place = spread(hash) & mask;
      for (let step = 0; step < STEPS; step += 1) {
        const slot = places[place];
        if (slot === EMPTY) return EMPTY;
        const base = slot * ${labels.length};
        if (${["slot >= 0", ...hasValues].join(" && ")}) return slot;
        place = (place + 1) & mask;
      }
      return index.findFar([${labels.map((_, i) => `value${i}`)}]);`;
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

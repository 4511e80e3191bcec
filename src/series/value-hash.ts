// A hash of a label value reads a few of its characters. Different values may share a hash: whoever looks a series up
// compares its values as well.

/**
 * The positions of the characters that are hashed. A negative one counts from the end, and a value that is too short has
 * nothing there.
 */
export type HashedCharacters = readonly number[];

/** What is hashed before it is known what tells the values apart. */
export const ENDS: HashedCharacters = [0, -1];

const MULTIPLIERS = [31, 131, 1031];

/** So many positions are hashed at most. */
const MOST_CHARACTERS = MULTIPLIERS.length;

/** Positions are looked for among so many values, and in so many characters at both ends of each. */
const SOME_VALUES = 64;
const SOME_CHARACTERS = 32;
const GOLDEN_RATIO = 0.6180339887498949;
/** Spreads numbers that lie close together. */
const GOLDEN = 0x9e3779b1;

/** The hash of a value. */
export function hashOf(value: string, positions: HashedCharacters): number {
  let hash = value.length;
  for (let i = 0; i < positions.length; i += 1) {
    hash += Math.imul(codeAt(value, positions[i]!), MULTIPLIERS[i]!);
  }
  return hash;
}

/**
 * The code of an expression for the same. Without reads of the positions it is short enough for V8 to optimize the hashes
 * of all labels together.
 *
 * @param value the variable with the value
 */
export function hashCode(value: string, positions: HashedCharacters): string {
  const parts = positions.map((position, i) => {
    const at = position < 0 ? `${value}.length - ${-position}` : position;
    const isThere = `${value}.length > ${position < 0 ? -position - 1 : position}`;
    return `(${isThere} ? Math.imul(${value}.charCodeAt(${at}), ${MULTIPLIERS[i]}) : 0)`;
  });
  return [`${value}.length`, ...parts].join(" + ");
}

/** The positions of those characters that, with its length, tell a value from the others best. */
export function tellingCharacters(values: readonly string[]): HashedCharacters {
  const some = someOf(values);
  const positions: number[] = [];
  let keys = some.map(({ length }) => length);
  while (positions.length < MOST_CHARACTERS) {
    const best = bestCharacter(some, keys);
    if (distinct(best.keys) <= distinct(keys)) break;
    positions.push(best.position);
    keys = best.keys;
  }
  return positions;
}

/** Some of the values, in an order that has nothing to do with that of numbers in them. */
function someOf(values: readonly string[]): string[] {
  const count = Math.min(values.length, SOME_VALUES);
  return Array.from({ length: count }, (_, i) => {
    return values[Math.floor(((i * GOLDEN_RATIO) % 1) * values.length)]!;
  });
}

/** The position that, with the keys that the values have already, tells most of them apart; and the keys with it. */
function bestCharacter(values: readonly string[], before: readonly number[]) {
  let best = { position: 0, keys: [...before] };
  for (let position = -SOME_CHARACTERS; position < SOME_CHARACTERS; position += 1) {
    const keys = values.map((value, i) => Math.imul(before[i]!, GOLDEN) + codeAt(value, position));
    if (distinct(keys) > distinct(best.keys)) best = { position, keys };
  }
  return best;
}

function distinct(keys: readonly number[]): number {
  return new Set(keys).size;
}

/** The code of the character at a position; 0 where the value is too short. */
function codeAt(value: string, position: number): number {
  const at = position < 0 ? value.length + position : position;
  return at >= 0 && at < value.length ? value.charCodeAt(at) : 0;
}

/** What the hash of a label's value is multiplied with in that of the label set, by the label's number. */
export function weightOf(label: number): number {
  let weight = GOLDEN;
  for (let i = 0; i < label; i += 1) weight = Math.imul(weight, GOLDEN);
  return weight;
}

/** The hash with its high bits in the low ones, which are those that name a place of the table. */
export function spread(hash: number): number {
  return hash ^ (hash >>> 15);
}

import { canGenerate, EMPTY, type LabelReader } from "./label-reader.ts";

/** So many values of a label are told apart by comparing them one by one, which takes less than a `Map`. */
const FEW_VALUES = 8;

/** The readers by the labels and their values. */
const readers = new Map<string, LabelReader>();

/**
 * The reader of a family whose labels are all closed. The slot is computed from the places of the values
 * in their lists: the slots are in the order of the label sets, and those of the last label change
 * fastest. What is no string is left to the slow way, as are labels in another order where no code may
 * be generated.
 */
export function closedReader(
  names: readonly string[],
  lists: readonly (readonly string[])[],
): LabelReader {
  const key = JSON.stringify([names, lists]);
  let reader = readers.get(key);
  if (reader === undefined) {
    reader = canGenerate ? generatedClosedReader(names, lists) : sharedClosedReader(names, lists);
    readers.set(key, reader);
  }
  return reader;
}

/** Reads the labels in the order of the object's properties. */
export function sharedClosedReader(
  names: readonly string[],
  lists: readonly (readonly string[])[],
): LabelReader {
  const places = placesIn(lists);
  return (_index, labels) => {
    let slot = 0;
    let count = 0;
    for (const name in labels) {
      if (name !== names[count] || !Object.hasOwn(labels, name)) return EMPTY;
      const place = places[count]!.get((labels as Record<string, unknown>)[name]);
      if (place === undefined) return EMPTY;
      slot = slot * lists[count]!.length + place;
      count += 1;
    }
    return count === names.length ? slot : EMPTY;
  };
}

/** A reader whose code has the names and values of a family, as JSON strings. */
export function generatedClosedReader(
  names: readonly string[],
  lists: readonly (readonly string[])[],
): LabelReader {
  const reads = names.map((name, i) => {
    const values = lists[i]!;
    const value = `labels[${JSON.stringify(name)}]`;
    const place =
      values.length > FEW_VALUES
        ? `place = places[${i}].get(${value}); if (place === undefined) return EMPTY;`
        : `switch (${value}) {
            ${values.map((known, at) => `case ${JSON.stringify(known)}: place = ${at}; break;`).join(" ")}
            default: return EMPTY;
          }`;
    return `${place}\nslot = slot * ${values.length} + place;`;
  });
  const code = `
    const { EMPTY, places, hasOwn } = parts;
    return (_index, labels) => {
      if (typeof labels !== "object" || labels === null) return EMPTY;
      let slot = 0;
      let place = 0;
      ${reads.join("\n")}
      let count = 0;
      for (const name in labels) {
        if (!hasOwn.call(labels, name)) return EMPTY;
        count += 1;
      }
      return count === ${names.length} ? slot : EMPTY;
    };`;
  const parts = { EMPTY, places: placesIn(lists), hasOwn: Object.prototype.hasOwnProperty };
  return new Function("parts", code)(parts) as LabelReader;
}

/** The place of each value in its list. */
function placesIn(lists: readonly (readonly string[])[]): readonly ReadonlyMap<unknown, number>[] {
  return lists.map((values) => new Map(values.map((value, place) => [value, place])));
}

/** What tells some of a closed label's values apart: their length, or a character that all of them have. */
interface Feature {
  /** Of a value in the list. */
  of(value: string): number;
  /** The code of the same for any value. */
  readonly code: string;
}

/**
 * The code of an expression for the place of a string in a list; -1 if it is not there. It asks for the length and for
 * characters that differ, so that the string is compared with one of the list, not with all. The strings of the list
 * stand in it as JSON strings.
 *
 * @param value the variable with the string
 * @param list distinct strings, at least one
 */
export function placeCode(value: string, list: readonly string[]): string {
  return choose(
    value,
    list.map((text, place) => ({ text, place })),
  );
}

interface Candidate {
  readonly text: string;
  readonly place: number;
}

function choose(value: string, candidates: readonly Candidate[]): string {
  if (candidates.length === 1) {
    const { text, place } = candidates[0]!;
    return `(${value} === ${JSON.stringify(text)} ? ${place} : -1)`;
  }
  const { of, code } = bestFeature(value, candidates);
  const found = [...new Set(candidates.map(({ text }) => of(text)))].sort((a, b) => a - b);
  const middle = found[found.length >> 1]!;
  const below = candidates.filter(({ text }) => of(text) < middle);
  const others = candidates.filter(({ text }) => of(text) >= middle);
  return `(${code} < ${middle} ? ${choose(value, below)} : ${choose(value, others)})`;
}

function bestFeature(value: string, candidates: readonly Candidate[]): Feature {
  const distinct = (of: Feature["of"]) => new Set(candidates.map(({ text }) => of(text))).size;
  const byLength: Feature = { of: ({ length }) => length, code: `${value}.length` };
  if (distinct(byLength.of) > 1) return byLength;
  let best = 0;
  let most = 0;
  for (let at = 0; at < candidates[0]!.text.length; at += 1) {
    const found = distinct((text) => text.charCodeAt(at));
    if (found > most) [best, most] = [at, found];
  }
  return { of: (text) => text.charCodeAt(best), code: `${value}.charCodeAt(${best})` };
}

/** The label value that stands for all values without one of their own. */
export const OTHER = "_other";

/** The methods that labels tell apart, because clients can send any word as a method. */
export const KNOWN_METHODS: readonly string[] = [
  "GET",
  "HEAD",
  "POST",
  "PUT",
  "PATCH",
  "DELETE",
  "OPTIONS",
  "QUERY",
];

const PLACES = new Map(KNOWN_METHODS.map((method, index) => [method, index + 1]));

/** `methodPlace` gives numbers below this one. */
export const METHOD_PLACES = KNOWN_METHODS.length + 1;

/** A number of its own for each known method; 0 for all others. */
export function methodPlace(method: string): number {
  return PLACES.get(method) ?? 0;
}

/** Tells a limited number of values apart, so that a label can't have more. */
export class BoundedValues {
  readonly #limit: number;
  readonly #values = new Set<string>();

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Whether the value is among the first ones; the others belong under `_other`. */
  admits(value: string): boolean {
    if (this.#values.has(value)) return true;
    if (this.#values.size >= this.#limit) return false;
    this.#values.add(value);
    return true;
  }
}

import fc from "fast-check";

/** Beyond 1,024 series a family looks its series up in another way. */
export const MANY = 1030;

export interface LabelSet {
  readonly a: string | number | boolean;
  readonly b: string | number | boolean;
}

export function keyOf(a: unknown, b: unknown): string {
  return JSON.stringify([String(a).toWellFormed(), String(b).toWellFormed()]);
}

export const anyLabelSet: fc.Arbitrary<LabelSet> = fc
  .tuple(
    fc.constantFrom("", "x", "y", 1, true, "\ud800", "\ufffd", '"} 1\n# EOF\n', "__proto__"),
    fc.constantFrom("", "x", "_other"),
    fc.boolean(),
  )
  .map(([a, b, isInOrder]) => (isInOrder ? { a, b } : { b, a }));

import type { LabelValue } from "../../instruments/definition.ts";

/** A label's name, and what it is computed from. */
export interface NamedSource<Facts> {
  readonly name: string;
  readonly source: (facts: Facts) => LabelValue;
}

/** The label set that sources make of the facts. */
export function labelSet<Facts>(
  sources: readonly NamedSource<Facts>[],
  facts: Facts,
): Record<string, LabelValue> {
  const labels: Record<string, LabelValue> = {};
  for (const { name, source } of sources) labels[name] = source(facts);
  return labels;
}

import { nearMiss } from "../near-miss.ts";
import type { KnownSeries } from "./known-series.ts";
import { type Query, selectorsOf } from "./syntax.ts";

/** The labels of all series in a query; undefined if some of them are not known. */
export function labelsWithin(
  query: Query,
  known: KnownSeries,
  within = query.root,
): ReadonlySet<string> | undefined {
  const makers = ["LabelReplace", "LabelJoin", "CountValues", "InfoFn", "Info"];
  if (makers.some((maker) => query.all(maker, within).length > 0)) return undefined;
  const labels = new Set<string>();
  for (const { name } of selectorsOf(query, within)) {
    const samples = name === undefined ? undefined : known.get(name);
    if (samples === undefined) return undefined;
    for (const label of samples.labels.keys()) labels.add(label);
  }
  return labels;
}

/** The end of a reason, if another name was probably meant. */
export function hint(given: string, names: Iterable<string>): string {
  const meant = nearMiss(given, names);
  return meant === undefined || meant === given ? "" : `: did you mean ${meant}?`;
}

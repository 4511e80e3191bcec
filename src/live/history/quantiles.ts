import { coarser, type DistributionRow, ZERO_BUCKET } from "./distribution-rows.ts";

/** Where buckets are on an axis: each has a unit of length, and ends at its own number plus one. */
export interface Scale {
  readonly schema: number | undefined;
  readonly bounds: readonly number[];
  /** The lowest and the highest place that has anything. */
  readonly low: number;
  readonly high: number;
}

/** What was observed in some rows together: the buckets in ascending order, with their counts. */
export interface Merged {
  readonly scale: Scale;
  readonly counts: readonly (readonly [place: number, count: number])[];
  readonly count: number;
  readonly sum: number;
  readonly seconds: number;
}

function schemaOf(rows: readonly (DistributionRow | null)[]): number | undefined {
  let schema: number | undefined;
  for (const row of rows) {
    if (row?.schema !== undefined) schema = Math.min(schema ?? row.schema, row.schema);
  }
  return schema;
}

/** Buckets of a row by their places. */
export function* placesOf(
  { buckets, schema: own }: DistributionRow,
  schema: number | undefined,
): Generator<[number, number]> {
  for (let i = 0; i < buckets.length; i += 2) {
    const bucket = buckets[i]!;
    const steps = (own ?? 0) - (schema ?? 0);
    // A native bucket begins where the one before it ends.
    const place = own === undefined || bucket === ZERO_BUCKET ? bucket : coarser(bucket, steps) - 1;
    yield [place, buckets[i + 1]!];
  }
}

/** What was observed in these rows together. */
export function merge(
  rows: readonly (DistributionRow | null)[],
  bounds: readonly number[],
  schema: number | undefined = schemaOf(rows),
): Merged {
  const counts = new Map<number, number>();
  let count = 0;
  let sum = 0;
  let seconds = 0;
  for (const row of rows) {
    if (row === null) continue;
    count += row.count;
    sum += row.sum;
    seconds += row.seconds;
    for (const [place, more] of placesOf(row, schema))
      counts.set(place, (counts.get(place) ?? 0) + more);
  }
  const places = [...counts.keys()].filter((place) => place !== ZERO_BUCKET);
  const low = places.length > 0 ? places.reduce((a, b) => Math.min(a, b)) : 0;
  const high =
    places.length > 0 ? places.reduce((a, b) => Math.max(a, b)) + 1 : Math.max(1, bounds.length);
  const hasZero = counts.has(ZERO_BUCKET);
  const scale = { schema, bounds, low: hasZero ? low - 1 : low, high };
  return { scale, counts: [...counts].sort(([a], [b]) => a - b), count, sum, seconds };
}

/** The value at a place of the axis. */
export function valueAt({ schema, bounds }: Scale, place: number): number {
  if (schema !== undefined) return 2 ** (place / 2 ** schema);
  const bucket = Math.floor(place);
  const from = bucket <= 0 ? 0 : (bounds[bucket - 1] ?? bounds.at(-1) ?? 0);
  const to = bounds[bucket] ?? from;
  return from + (to - from) * (place - bucket);
}

/** The place of a quantile; undefined where nothing was observed. */
function quantilePlace({ counts }: Pick<Merged, "counts">, quantile: number): number | undefined {
  const all = counts.reduce((sum, [, count]) => sum + count, 0);
  if (all === 0) return undefined;
  let below = 0;
  for (const [place, count] of counts) {
    if (below + count >= quantile * all) {
      return place === ZERO_BUCKET ? ZERO_BUCKET : place + (quantile * all - below) / count;
    }
    below += count;
  }
  return undefined;
}

/** A quantile of what was observed, as Prometheus would interpolate it. */
export function quantile(merged: Merged, q: number): number | null {
  const place = quantilePlace(merged, q);
  if (place === undefined) return null;
  const { scale } = merged;
  if (place === ZERO_BUCKET) return 0;
  // All that is above the highest bound is at it.
  if (scale.schema === undefined && place > scale.bounds.length) return scale.bounds.at(-1) ?? null;
  return valueAt(scale, place);
}

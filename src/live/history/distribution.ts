import type { Exemplar, HistogramValue, NativeHistogram } from "../../model/sample-sink.ts";
import {
  coarser,
  type DistributionRow,
  DistributionRows,
  ZERO_BUCKET,
} from "./distribution-rows.ts";
import type { Point, Rows } from "./timeline.ts";

/** The finest resolution of native buckets that a chart tells apart: each is 9 % wider than the one before. */
const MAX_SCHEMA = 3;

const MAX_EXEMPLARS = 60;

/** How many values each bucket has, of those that have any. */
interface Buckets {
  /** The schema of native buckets; undefined for classic ones, which are numbered by their bounds. */
  schema: number | undefined;
  counts: Map<number, number>;
  count: number;
  sum: number;
}

interface Reading extends Buckets {
  readonly time: number;
}

/** An exemplar as the page gets it. */
export interface ShownExemplar {
  /** In milliseconds since the epoch. */
  readonly time: number;
  readonly value: number;
  readonly labels: Readonly<Record<string, string>>;
}

/** The history of a histogram: all of its series together. */
export class DistributionHistory {
  bounds: readonly number[] = [];
  readonly #rows = { fine: new DistributionRows(), coarse: new DistributionRows() };
  readonly #before: { fine: Reading | undefined; coarse: Reading | undefined } = {
    fine: undefined,
    coarse: undefined,
  };
  readonly #exemplars = new Map<string, ShownExemplar>();
  #current: Buckets | undefined;

  read(value: HistogramValue): void {
    const { native } = value;
    const isNative = native !== undefined;
    this.#current ??= noBuckets(isNative ? MAX_SCHEMA : undefined);
    this.#current.count += value.count;
    this.#current.sum += value.sum ?? 0;
    if (isNative) addNative(this.#current, native);
    else {
      this.bounds = value.bounds;
      for (let i = 0; i <= value.bounds.length; i++) add(this.#current, i, value.bucketCount(i));
    }
  }

  readExemplars(value: HistogramValue, now: number): void {
    for (let i = 0; i <= value.bounds.length; i++) this.#note(value.exemplar(i), now);
    for (const exemplar of value.native?.exemplars ?? []) this.#note(exemplar, now);
  }

  /** Reads counts that are no series, of native buckets of the finest schema. */
  readCounts(counts: ReadonlyMap<number, number>, count: number, sum: number): void {
    this.#current = { schema: MAX_SCHEMA, counts: new Map(counts), count, sum };
  }

  /** @param oldest exemplars from before are forgotten */
  push(rows: Rows, time: number, oldest: number): void {
    this.#pushTo("fine", rows.fine, time);
    if (rows.coarse !== undefined) this.#pushTo("coarse", rows.coarse, time);
    this.#current = undefined;
    for (const [key, exemplar] of this.#exemplars) {
      if (exemplar.time < oldest) this.#exemplars.delete(key);
    }
  }

  /** As the page gets it. */
  at(points: readonly Point[]) {
    return {
      bounds: this.bounds,
      rows: points.map(({ resolution, row }) => this.#rows[resolution].at(row)),
      exemplars: [...this.#exemplars.values()],
    };
  }

  #pushTo(resolution: "fine" | "coarse", row: number, time: number): void {
    const now = this.#current;
    const before = this.#before[resolution];
    this.#rows[resolution].set(row, now && before && rowOf(before, now, time));
    // A family without a series has observed nothing yet.
    this.#before[resolution] = {
      ...(now ?? before ?? noBuckets(undefined)),
      time: now || !before ? time : before.time,
    };
  }

  #note(exemplar: Exemplar | undefined, now: number): void {
    if (exemplar === undefined) return;
    const { value, timestamp, labels } = exemplar;
    const key = JSON.stringify([timestamp, value, labels]);
    if (this.#exemplars.has(key)) return;
    const time = Number.isNaN(timestamp) ? now : timestamp * 1000;
    this.#exemplars.set(key, { time, value, labels: { ...labels } });
    if (this.#exemplars.size > MAX_EXEMPLARS) {
      this.#exemplars.delete(this.#exemplars.keys().next().value!);
    }
  }
}

function noBuckets(schema: number | undefined): Buckets {
  return { schema, counts: new Map(), count: 0, sum: 0 };
}

function add({ counts }: Buckets, bucket: number, count: number): void {
  if (count > 0) counts.set(bucket, (counts.get(bucket) ?? 0) + count);
}

function addNative(to: Buckets, native: NativeHistogram): void {
  const schema = Math.min(native.schema, MAX_SCHEMA);
  if (to.schema === undefined || schema < to.schema) coarsen(to, schema);
  const step = native.schema - to.schema!;
  let index = 0;
  let place = 0;
  for (const { offset, length } of native.positive.spans) {
    index += offset;
    for (let i = 0; i < length; i++) {
      add(to, coarser(index, step), native.positive.counts[place] ?? 0);
      index += 1;
      place += 1;
    }
  }
  const negative = native.negative.counts.reduce((sum, count) => sum + count, 0);
  add(to, ZERO_BUCKET, native.zeroCount + negative);
}

function coarsen(buckets: Buckets, schema: number): void {
  const { schema: from = schema, counts } = buckets;
  buckets.schema = schema;
  buckets.counts = new Map();
  for (const [index, count] of counts) add(buckets, coarser(index, from - schema), count);
}

/** Undefined where counts have fallen: the family was reset, or series have left. */
function rowOf(before: Reading, now: Buckets, time: number): DistributionRow | undefined {
  const { schema } = now;
  if (before.schema !== undefined && schema !== undefined && before.schema !== schema) {
    coarsen(before, schema);
  }
  const count = now.count - before.count;
  if (count < 0) return undefined;
  const buckets: number[] = [];
  for (const [bucket, all] of now.counts) {
    const more = all - (before.counts.get(bucket) ?? 0);
    if (more > 0) buckets.push(bucket, more);
  }
  const sum = now.sum - before.sum;
  return {
    seconds: (time - before.time) / 1000,
    count,
    sum: Number.isFinite(sum) ? Number(sum.toPrecision(6)) : 0,
    ...(schema === undefined ? {} : { schema }),
    buckets,
  };
}

/** Values near each other, as their mean and number. */
interface Centroid {
  mean: number;
  count: number;
  /** The rank of its middle when ranks were last counted; NaN if it is newer than that. */
  rank: number;
}

/** How much of all values one centroid may hold in the middle of the distribution. */
const COMPRESSION = 0.01;

/** From so many centroids on they are merged. */
const MOST_CENTROIDS = 2500;

/** Ranks are counted again when there are so many times as many values. */
const GROWTH = 1.1;

/**
 * A t-digest, as prom-client's summaries have it: with the choices of the package tdigest, where its paper leaves
 * some, and with its roundings.
 */
export class Digest {
  /** By ascending means. */
  #centroids: Centroid[] = [];
  #count = 0;
  #countAtRanks = 0;
  #isCompressing = false;

  /** How many centroids there are. */
  get size(): number {
    return this.#centroids.length;
  }

  reset(): void {
    this.#centroids = [];
    this.#count = 0;
    this.#countAtRanks = 0;
  }

  push(value: number, count = 1): void {
    this.#add(value, count);
    this.#countRanks(GROWTH);
    if (this.size > MOST_CENTROIDS) this.compress();
  }

  /** Adds the centroids to an empty digest in random order, in which some of them merge. */
  compress(): void {
    if (this.#isCompressing) return;
    const left = this.#centroids;
    this.reset();
    this.#isCompressing = true;
    while (left.length > 0) {
      const [{ mean, count }] = left.splice(Math.floor(Math.random() * left.length), 1) as [
        Centroid,
      ];
      this.push(mean, count);
    }
    this.#countRanks();
    this.#isCompressing = false;
  }

  /** The value at a quantile from 0 to 1, between the means of the centroids around it; 0 if there is none. */
  quantile(quantile: number): number {
    if (this.size === 0) return 0;
    this.#countRanks();
    const rank = this.#count * quantile;
    const above = firstOf(this.#centroids, (centroid) => centroid.rank > rank);
    const [lower, upper] = [this.#centroids[above - 1], this.#centroids[above]];
    if (lower === undefined || upper === undefined || lower.rank === rank) {
      return (lower ?? upper)!.mean;
    }
    const along = (rank - lower.rank) * (upper.mean - lower.mean);
    return lower.mean + along / (upper.rank - lower.rank);
  }

  #add(value: number, count: number): void {
    const at = this.#nearest(value);
    const nearest = this.#centroids[at];
    if (nearest?.mean === value) this.#grow(nearest, value, count);
    else if (nearest === undefined || at === 0 || at === this.size - 1) this.#insert(value, count);
    else {
      const quantile = nearest.rank / this.#count;
      const most = Math.floor(4 * this.#count * COMPRESSION * quantile * (1 - quantile));
      if (most - nearest.count >= count) this.#grow(nearest, value, count);
      else this.#insert(value, count);
    }
  }

  /** The place of the centroid that is nearest to a value: of two, the upper one. */
  #nearest(value: number): number {
    const at = firstOf(this.#centroids, ({ mean }) => mean >= value);
    if (at === this.size) return at - 1;
    const [lower, upper] = [this.#centroids[at - 1], this.#centroids[at]!];
    if (lower === undefined) return at;
    return Math.abs(lower.mean - value) < Math.abs(upper.mean - value) ? at - 1 : at;
  }

  #grow(centroid: Centroid, value: number, count: number): void {
    if (value !== centroid.mean) {
      centroid.mean += (count * (value - centroid.mean)) / (centroid.count + count);
    }
    centroid.rank += count / 2;
    centroid.count += count;
    this.#count += count;
  }

  #insert(mean: number, count: number): void {
    const at = firstOf(this.#centroids, (centroid) => centroid.mean > mean);
    this.#centroids.splice(at, 0, { mean, count, rank: Number.NaN });
    this.#count += count;
  }

  /** Counts ranks, unless there are fewer than so many times as many values as the last time. */
  #countRanks(growth = 0): void {
    if (this.#count === this.#countAtRanks) return;
    if (growth > this.#count / this.#countAtRanks) return;
    let below = 0;
    for (const centroid of this.#centroids) {
      centroid.rank = below + centroid.count / 2;
      below += centroid.count;
    }
    this.#count = below;
    this.#countAtRanks = below;
  }
}

/** The place of the first centroid of an ascending list for which something is so; the list's length if of none. */
function firstOf(centroids: readonly Centroid[], isSo: (centroid: Centroid) => boolean): number {
  let [from, to] = [0, centroids.length];
  while (from < to) {
    const middle = (from + to) >>> 1;
    if (isSo(centroids[middle]!)) to = middle;
    else from = middle + 1;
  }
  return from;
}

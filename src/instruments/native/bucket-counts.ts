/** Windows start and end at multiples of this many buckets. */
const GRAIN = 32;
/** The empty buckets that a window may hold in one run. */
const GAP = 512;

/** A run of buckets, from the index `first` on. */
interface Window {
  readonly first: number;
  readonly counts: Float64Array;
}

const NONE: Window = { first: 0, counts: new Float64Array(0) };

/**
 * The populated buckets of one sign. Mostly they are close together, in one window; values far apart
 * have windows of their own, so that what lies between them costs nothing.
 */
export class BucketCounts {
  /** How many buckets are populated. */
  size = 0;
  /** In ascending order, more than a gap apart. */
  private windows: readonly Window[] = [];
  /** The window that was used last. */
  private first = NONE.first;
  private counts = NONE.counts;

  add(index: number, count: number): void {
    const at = index - this.first;
    const { counts } = this;
    // Read as unsigned, negative positions are past the end, too.
    if (at >>> 0 < counts.length) {
      const before = counts[at]!;
      counts[at] = before + count;
      if (before === 0) this.size += 1;
    } else {
      this.addElsewhere(index, count);
    }
  }

  /** Empties a bucket and gives what was in it. */
  take(index: number): number {
    const { first, counts } = this.windowOf(index) ?? NONE;
    const count = counts[index - first] ?? 0;
    if (count === 0) return 0;
    counts[index - first] = 0;
    this.size -= 1;
    return count;
  }

  /** The lowest populated index; Infinity where there is none. */
  lowest(): number {
    let lowest = Number.POSITIVE_INFINITY;
    this.forEach((_, index) => {
      lowest = Math.min(lowest, index);
    });
    return lowest;
  }

  /** Visits the populated buckets, in ascending order. */
  forEach(visit: (count: number, index: number) => void): void {
    for (const { first, counts } of this.windows) {
      for (let at = 0; at < counts.length; at += 1) {
        if (counts[at]! > 0) visit(counts[at]!, first + at);
      }
    }
  }

  /** The same counts in buckets twice as wide. */
  halved(): BucketCounts {
    const halved = new BucketCounts();
    this.forEach((count, index) => {
      halved.add((index + 1) >> 1, count);
    });
    return halved;
  }

  private addElsewhere(index: number, count: number): void {
    const { first, counts } = this.windowOf(index) ?? this.widen(index);
    this.first = first;
    this.counts = counts;
    this.add(index, count);
  }

  private windowOf(index: number): Window | undefined {
    return this.windows.find(
      ({ first, counts }) => index >= first && index < first + counts.length,
    );
  }

  /** Makes one window of the index and the windows near it. */
  private widen(index: number): Window {
    let first = index & -GRAIN;
    let end = first + GRAIN;
    const isNear = (window: Window): boolean =>
      window.first - end <= GAP && first - (window.first + window.counts.length) <= GAP;
    const near = this.windows.filter(isNear);
    const far = this.windows.filter((window) => !near.includes(window));
    for (const window of near) {
      first = Math.min(first, window.first);
      end = Math.max(end, window.first + window.counts.length);
    }
    const counts = new Float64Array(end - first);
    for (const window of near) counts.set(window.counts, window.first - first);
    const widened = { first, counts };
    this.windows = [...far, widened].sort((a, b) => a.first - b.first);
    return widened;
  }
}

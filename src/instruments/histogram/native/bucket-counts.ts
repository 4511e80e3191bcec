import { newChunk } from "../../../series/chunks.ts";

/** Runs start and end at multiples of this many buckets. */
const GRAIN = 32;
/** The distance up to which two runs are joined. */
const GAP = 512;

/** The counts of adjacent buckets, from the index `first` on. */
export interface Run {
  readonly first: number;
  readonly counts: Float64Array;
}

/** Where counts are kept. */
export interface CountsMemory {
  /** Makes an array of so many zeros. */
  allocate(length: number): Float64Array;
  /** Is called when counts are in other arrays than before. */
  moved(): void;
}

export const HEAP: CountsMemory = { allocate: newChunk, moved: () => {} };

const NONE: Run = { first: 0, counts: new Float64Array(0) };

/**
 * The counts of the positive or the negative buckets. Buckets are mostly close together, in one run.
 * Values far apart are in separate runs, so that the empty buckets between them take no memory.
 */
export class BucketCounts {
  /** How many buckets are populated. */
  size = 0;
  /** In ascending order. */
  private runs: readonly Run[] = [];
  /** The run that was used last. */
  private first = NONE.first;
  private counts = NONE.counts;
  private readonly memory: CountsMemory;

  constructor(memory: CountsMemory = HEAP) {
    this.memory = memory;
  }

  /** In ascending order of their indexes, and where they are in memory. */
  get places(): readonly Run[] {
    return this.runs;
  }

  add(index: number, count: number): void {
    const at = index - this.first;
    const { counts } = this;
    // As unsigned integers, negative positions are past the end, too.
    if (at >>> 0 < counts.length) {
      const before = counts[at]!;
      counts[at] = before + count;
      if (before === 0) this.size += 1;
    } else {
      this.addElsewhere(index, count);
    }
  }

  /** Empties a bucket and returns its count. */
  take(index: number): number {
    const { first, counts } = this.runOf(index) ?? NONE;
    const count = counts[index - first] ?? 0;
    if (count === 0) return 0;
    counts[index - first] = 0;
    this.size -= 1;
    return count;
  }

  /** The lowest index of a populated bucket; Infinity if there is none. */
  lowest(): number {
    let lowest = Number.POSITIVE_INFINITY;
    this.forEach((_, index) => {
      lowest = Math.min(lowest, index);
    });
    return lowest;
  }

  /** Calls `visit` for each populated bucket, in ascending order. */
  forEach(visit: (count: number, index: number) => void): void {
    for (const { first, counts } of this.runs) {
      for (let at = 0; at < counts.length; at += 1) {
        if (counts[at]! > 0) visit(counts[at]!, first + at);
      }
    }
  }

  /** A copy that has its counts in the same or in other memory. */
  copy(memory: CountsMemory = this.memory): BucketCounts {
    const copy = new BucketCounts(memory);
    copy.size = this.size;
    copy.runs = this.runs.map(({ first, counts }) => {
      const copied = memory.allocate(counts.length);
      copied.set(counts);
      return { first, counts: copied };
    });
    return copy;
  }

  /** The same counts in buckets twice as wide. */
  halved(): BucketCounts {
    const halved = new BucketCounts();
    this.forEach((count, index) => {
      halved.add((index + 1) >> 1, count);
    });
    return this.memory === HEAP ? halved : halved.copy(this.memory);
  }

  private addElsewhere(index: number, count: number): void {
    const { first, counts } = this.runOf(index) ?? this.widen(index);
    this.first = first;
    this.counts = counts;
    this.add(index, count);
  }

  private runOf(index: number): Run | undefined {
    return this.runs.find(({ first, counts }) => index >= first && index < first + counts.length);
  }

  /** Joins the index and the runs near it into one run. */
  private widen(index: number): Run {
    let first = index & -GRAIN;
    let end = first + GRAIN;
    const isNear = (run: Run): boolean =>
      run.first - end <= GAP && first - (run.first + run.counts.length) <= GAP;
    const near = this.runs.filter(isNear);
    const far = this.runs.filter((run) => !near.includes(run));
    for (const run of near) {
      first = Math.min(first, run.first);
      end = Math.max(end, run.first + run.counts.length);
    }
    const counts = this.memory.allocate(end - first);
    for (const run of near) counts.set(run.counts, run.first - first);
    const widened = { first, counts };
    this.runs = [...far, widened].sort((a, b) => a.first - b.first);
    this.memory.moved();
    return widened;
  }
}

import type { Exemplar, NativeHistogram } from "../../../model/sample-sink.ts";
import type { Clock } from "../../../series/series-table.ts";
import { BucketCounts, type CountsMemory, HEAP, type Run } from "./bucket-counts.ts";
import { bucketIndex, upperBound } from "./bucket-index.ts";
import { ExemplarReservoir } from "./exemplar-reservoir.ts";
import type { NativeSettings } from "./options.ts";
import { nativeHistogram } from "./value.ts";

const COARSEST = -4;
/** More buckets than there are in any schema. */
const UNLIMITED = 2 ** 30;

/** The cells of a state: how many observations are in the zero bucket, and how many are NaN. */
const ZERO = 0;
const NAN = 1;
const CELLS = 2;

/** Where the counts of a state are in memory, and what they mean. */
export interface NativePlaces {
  readonly schema: number;
  readonly zeroThreshold: number;
  /** The count of the zero bucket, and that of observations of NaN. */
  readonly cells: Float64Array;
  readonly positive: readonly Run[];
  readonly negative: readonly Run[];
}

/**
 * The native side of one histogram series, as in client_golang. The sum is on the classic side, which
 * must be reset whenever this side is. Private fields are plain ones: V8 inlines an observation only
 * while its code is small, and `#names` make it larger.
 */
export class NativeState {
  private readonly settings: NativeSettings;
  private readonly clock: Clock;
  private readonly maxBuckets: number;
  private memory: CountsMemory;
  private positive: BucketCounts;
  private negative: BucketCounts;
  private schema: number;
  /**
   * Infinity instead of the largest number, because a zero bucket of that width has Infinity, too.
   */
  private zeroThreshold: number;
  private cells: Float64Array;
  private exemplars: ExemplarReservoir | undefined;
  /** When it was created or last reset, as the time of day and as elapsed time. */
  private createdMs: number;
  private startMs: number;
  /** The elapsed time at which it must be reset. */
  private resetDueMs: number | undefined;

  constructor(settings: NativeSettings, clock: Clock, memory: CountsMemory = HEAP) {
    this.settings = settings;
    this.clock = clock;
    this.memory = memory;
    this.positive = new BucketCounts(memory);
    this.negative = new BucketCounts(memory);
    this.cells = memory.allocate(CELLS);
    this.maxBuckets = settings.maxBuckets || UNLIMITED;
    this.schema = settings.schema;
    this.zeroThreshold = comparable(settings.zeroThreshold);
    this.createdMs = clock.now();
    this.startMs = clock.elapsed();
  }

  /** Copies the counts to other memory. */
  move(memory: CountsMemory): void {
    this.memory = memory;
    this.positive = this.positive.copy(memory);
    this.negative = this.negative.copy(memory);
    this.copyCells();
  }

  get places(): NativePlaces {
    const { schema, cells, positive, negative } = this;
    const zeroThreshold = Math.min(this.zeroThreshold, Number.MAX_VALUE);
    return {
      schema,
      zeroThreshold,
      cells,
      positive: positive.places,
      negative: negative.places,
    };
  }

  /** When it was created or last reset, in seconds since the epoch. */
  get created(): number {
    return this.createdMs / 1000;
  }

  /**
   * Counts a value; NaN has no bucket. Returns true if a reset dropped everything before this value:
   * the classic side must then drop everything, too, before it counts the value.
   */
  observe(value: number): boolean {
    const wasReset = this.resetDueMs !== undefined && this.resetIfDue();
    if (value > this.zeroThreshold) this.positive.add(bucketIndex(value, this.schema), 1);
    else this.countOther(value);
    const isOver = this.positive.size + this.negative.size > this.maxBuckets;
    return (isOver && this.limit(value)) || wasReset;
  }

  addExemplar(exemplar: Exemplar): void {
    const { maxExemplars, exemplarTtlSeconds } = this.settings;
    if (Number.isNaN(exemplar.value)) return;
    this.exemplars ??= new ExemplarReservoir(maxExemplars, exemplarTtlSeconds);
    this.exemplars.add(exemplar, this.clock.elapsed());
  }

  /**
   * To be called before each read. Returns true if it was reset: the classic side must be reset,
   * too.
   */
  resetIfDue(): boolean {
    const due = this.resetDueMs;
    if (due === undefined || this.clock.elapsed() < due) return false;
    this.reset(due);
    return true;
  }

  snapshot(): NativeHistogram {
    return nativeHistogram({
      schema: this.schema,
      zeroThreshold: Math.min(this.zeroThreshold, Number.MAX_VALUE),
      zeroCount: this.cells[ZERO]!,
      positive: this.positive,
      negative: this.negative,
      exemplars: this.exemplars?.exemplars ?? [],
    });
  }

  private countOther(value: number): void {
    if (value < -this.zeroThreshold) this.negative.add(bucketIndex(value, this.schema), 1);
    else this.cells[Number.isNaN(value) ? NAN : ZERO]! += 1;
  }

  /** Takes one step to reduce the number of buckets; returns whether that was a reset. */
  private limit(value: number): boolean {
    if (Number.isNaN(value)) return false;
    const minResetMs = this.settings.minResetSeconds * 1000;
    if (minResetMs > 0 && this.resetDueMs === undefined) {
      const now = this.clock.elapsed();
      const due = this.startMs + minResetMs;
      if (now >= due) {
        this.reset(now);
        this.observe(value);
        return true;
      }
      this.resetDueMs = due;
    }
    if (!this.widenZeroBucket()) this.halveResolution();
    return false;
  }

  private widenZeroBucket(): boolean {
    const { maxZeroThreshold } = this.settings;
    if (this.zeroThreshold >= maxZeroThreshold) return false;
    const lowest = Math.min(this.positive.lowest(), this.negative.lowest());
    const threshold = upperBound(lowest, this.schema);
    if (threshold > maxZeroThreshold) return false;
    // Copied, so that whoever reads the counts meanwhile never sees them on the way from one bucket to another.
    this.positive = this.positive.copy();
    this.negative = this.negative.copy();
    this.copyCells();
    this.zeroThreshold = comparable(threshold);
    this.cells[ZERO]! += this.positive.take(lowest) + this.negative.take(lowest);
    this.memory.moved();
    return true;
  }

  private halveResolution(): void {
    if (this.schema === COARSEST) return;
    this.schema -= 1;
    this.positive = this.positive.halved();
    this.negative = this.negative.halved();
    this.memory.moved();
  }

  private copyCells(): void {
    const cells = this.memory.allocate(CELLS);
    cells.set(this.cells);
    this.cells = cells;
  }

  private reset(startMs: number): void {
    // Clocks may throw, so they are read before anything changes.
    const createdMs = this.clock.now() - (this.clock.elapsed() - startMs);
    this.positive = new BucketCounts(this.memory);
    this.negative = new BucketCounts(this.memory);
    this.schema = this.settings.schema;
    this.zeroThreshold = comparable(this.settings.zeroThreshold);
    this.cells = this.memory.allocate(CELLS);
    this.createdMs = createdMs;
    this.startMs = startMs;
    this.resetDueMs = undefined;
  }
}

function comparable(zeroThreshold: number): number {
  return zeroThreshold === Number.MAX_VALUE ? Number.POSITIVE_INFINITY : zeroThreshold;
}

import type { Exemplar, NativeHistogram } from "../../../model/sample-sink.ts";
import type { Clock } from "../../../series/series-table.ts";
import { BucketCounts } from "./bucket-counts.ts";
import { bucketIndex, upperBound } from "./bucket-index.ts";
import { ExemplarReservoir } from "./exemplar-reservoir.ts";
import type { NativeSettings } from "./options.ts";
import { nativeHistogram } from "./value.ts";

const COARSEST = -4;
/** More buckets than there are in any schema. */
const UNLIMITED = 2 ** 30;

/**
 * The native side of one histogram series, as in client_golang. The sum is on the classic side, which
 * must be reset whenever this side is. Private fields are plain ones: V8 inlines an observation only
 * while its code is small, and `#names` make it larger.
 */
export class NativeState {
  private readonly settings: NativeSettings;
  private readonly clock: Clock;
  private readonly maxBuckets: number;
  private positive = new BucketCounts();
  private negative = new BucketCounts();
  private schema: number;
  /**
   * Infinity instead of the largest number, because a zero bucket of that width has Infinity, too.
   */
  private zeroThreshold: number;
  private zeroCount = 0;
  private exemplars: ExemplarReservoir | undefined;
  /** When it was created or last reset, as the time of day and as elapsed time. */
  private createdMs: number;
  private startMs: number;
  /** The elapsed time at which it must be reset. */
  private resetDueMs: number | undefined;

  constructor(settings: NativeSettings, clock: Clock) {
    this.settings = settings;
    this.clock = clock;
    this.maxBuckets = settings.maxBuckets || UNLIMITED;
    this.schema = settings.schema;
    this.zeroThreshold = comparable(settings.zeroThreshold);
    this.createdMs = clock.now();
    this.startMs = clock.elapsed();
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
      zeroCount: this.zeroCount,
      positive: this.positive,
      negative: this.negative,
      exemplars: this.exemplars?.exemplars ?? [],
    });
  }

  private countOther(value: number): void {
    if (value < -this.zeroThreshold) this.negative.add(bucketIndex(value, this.schema), 1);
    else if (!Number.isNaN(value)) this.zeroCount += 1;
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
    this.zeroThreshold = comparable(threshold);
    this.zeroCount += this.positive.take(lowest) + this.negative.take(lowest);
    return true;
  }

  private halveResolution(): void {
    if (this.schema === COARSEST) return;
    this.schema -= 1;
    this.positive = this.positive.halved();
    this.negative = this.negative.halved();
  }

  private reset(startMs: number): void {
    // Clocks may throw, so they are read before anything changes.
    const createdMs = this.clock.now() - (this.clock.elapsed() - startMs);
    this.positive = new BucketCounts();
    this.negative = new BucketCounts();
    this.schema = this.settings.schema;
    this.zeroThreshold = comparable(this.settings.zeroThreshold);
    this.zeroCount = 0;
    this.createdMs = createdMs;
    this.startMs = startMs;
    this.resetDueMs = undefined;
  }
}

function comparable(zeroThreshold: number): number {
  return zeroThreshold === Number.MAX_VALUE ? Number.POSITIVE_INFINITY : zeroThreshold;
}

import { Chunks } from "./chunks.ts";
import { LabelIndex } from "./label-index.ts";
import { lacksLabels, readLabels, readSomeLabels } from "./label-object.ts";

/**
 * The label values of the overflow series, which gets the updates of all label sets past the limit.
 */
export const OVERFLOW_VALUE = "_other";

const NONE = -1;

export interface Clock {
  /** The time of day, in milliseconds since the epoch. */
  readonly now: () => number;
  /** The milliseconds since some fixed moment: spans of time don't change when the time of day is set. */
  readonly elapsed: () => number;
}

export interface SeriesTableOptions extends Clock {
  readonly metric: string;
  readonly labelNames: readonly string[];
  /** The values of each closed label. Where all labels are closed, the slots are in the order of their label sets. */
  readonly closed?: ReadonlyMap<string, readonly string[]> | undefined;
  /** Label sets past this number share one overflow series. */
  readonly limit: number;
  /** A series that is not updated for this long is dropped; 0 for never. */
  readonly expireAfterMs: number;
  /** The series in the slot is the overflow series from now on. */
  readonly onOverflowing: (slot: number) => void;
  /** The overflow series was updated. */
  readonly onOverflow: () => void;
  /** The slot has a new series, and its numbers must be set to zero. */
  readonly onAdded: (slot: number) => void;
  /**
   * The series in the slot is about to be dropped, because it has expired or the user removes it.
   */
  readonly onRemoved: (slot: number, expired: boolean) => void;
}

// Classes on the path of updates have `private` fields, not `#names`: V8 inlines a limited amount of
// bytecode, and `#names` take more of it.

/**
 * The series of a family: which slot each label set has, which series are added, and which are removed.
 * The numbers are kept elsewhere, by slot.
 */
export class SeriesTable {
  private readonly options: SeriesTableOptions;
  private readonly index: LabelIndex;
  /** The generation of the series in each slot; 0 if the slot is free. */
  private readonly generations = new Chunks(1);
  private readonly createdTimes = new Chunks(1);
  private readonly updateTimes = new Chunks(1);
  private readonly free: number[] = [];
  /** One past the highest slot ever used. */
  slotCount = 0;
  /**
   * The generation of the newest series. A visit leaves out series that were added after it began.
   */
  newest = 0;
  /** How often a series has been reset. */
  restarts = 0;
  /** Whether series that are not updated are dropped. */
  readonly expires: boolean;
  private overflow = NONE;
  private sweptAt = Number.NEGATIVE_INFINITY;
  /** No series expires before this time. */
  private nextExpiry = Number.NEGATIVE_INFINITY;

  constructor(options: SeriesTableOptions) {
    this.options = options;
    this.expires = options.expireAfterMs > 0;
    this.index = new LabelIndex(options.labelNames, options.closed);
  }

  get size(): number {
    return this.index.size;
  }

  isOverflow(slot: number): boolean {
    return slot === this.overflow;
  }

  /** The slot of a label set, whose series is updated now. */
  update(labels: object): number {
    const slot = this.slotOf(labels);
    if (this.expires || slot === this.overflow) this.touch(slot);
    return slot;
  }

  /** The slot of a label set; adds the series if there is none. */
  slotOf(labels: object): number {
    const slot = this.index.findQuickly(labels);
    return slot >= 0 ? slot : this.slotOfValues(this.read(labels));
  }

  slotOfValues(values: readonly string[]): number {
    const slot = this.index.find(values);
    if (slot >= 0) return slot;
    if (this.isFull()) this.expire();
    return this.isFull() ? this.overflowSlot() : this.add(values);
  }

  /** The slot of a label set that needs no more than reading it, or -1: `slotOf` knows the rest. */
  findQuickly(labels: object): number {
    return this.index.findQuickly(labels);
  }

  /** The slot of a label set, or -1 if there is no such series. */
  find(labels: object): number {
    return this.index.find(this.read(labels));
  }

  /** The values of a label set in the order of the names; throws where they do not fit these. */
  read(labels: object): string[] {
    return readLabels(this.options.metric, this.options.labelNames, labels, this.options.closed);
  }

  /**
   * The labels of an object that may lack some, as texts; throws if it has others.
   * @param before those that were given earlier, for the message
   */
  readSome(labels: object, before?: object): Readonly<Record<string, string>> {
    return readSomeLabels(
      this.options.metric,
      this.options.labelNames,
      labels,
      before,
      this.options.closed,
    );
  }

  /** Whether an object lacks one of the labels. */
  lacksLabels(labels: object): boolean {
    return lacksLabels(this.options.labelNames, labels);
  }

  /** To be called for each update of the overflow series, and for all updates if series expire. */
  touch(slot: number): void {
    if (this.expires) this.updateTimes.set(slot, this.options.elapsed());
    if (slot === this.overflow) this.options.onOverflow();
  }

  remove(slot: number, expired = false): void {
    // Called first, so that it can still read the label values.
    this.options.onRemoved(slot, expired);
    this.index.delete(slot);
    this.generations.set(slot, 0);
    this.free.push(slot);
    if (slot === this.overflow) this.overflow = NONE;
  }

  clear(): void {
    for (let slot = 0; slot < this.slotCount; slot += 1) {
      if (this.generation(slot) !== 0) this.remove(slot);
    }
  }

  /** Drops the series that have not been updated for too long. */
  expire(): void {
    if (!this.expires) return;
    const now = this.options.elapsed();
    // A clock that a user supplies may be set back.
    const isSetBack = now < this.sweptAt;
    if (now < this.nextExpiry && !isSetBack) return;
    this.sweptAt = now;
    this.nextExpiry = now + this.options.expireAfterMs;
    for (let slot = 0; slot < this.slotCount; slot += 1) {
      if (this.generation(slot) === 0) continue;
      const expiry = this.updateTimes.get(slot) + this.options.expireAfterMs;
      if (expiry <= now) this.remove(slot, true);
      else this.nextExpiry = Math.min(this.nextExpiry, expiry);
    }
  }

  /**
   * The end of a run of series that a visit shows: the first slot from `from` on, in the same chunk, that
   * is free, or whose series is newer than the visit. Such a series waits for the next visit, because this
   * one may have shown it already, before it was removed and added again.
   */
  endOfShown(from: number, end: number, newest: number): number {
    if (this.free.length === 0 && this.newest <= newest) return end;
    const generations = this.generations.chunk(from);
    const offset = this.generations.at(from) - from;
    let slot = from;
    while (slot < end) {
      const generation = generations[slot + offset]!;
      if (generation === 0 || generation > newest) break;
      slot += 1;
    }
    return slot;
  }

  generation(slot: number): number {
    return this.generations.get(slot);
  }

  /** When the series in the slot began, in seconds since the epoch. */
  created(slot: number): number {
    return this.createdTimes.get(slot);
  }

  /** The series in the slot has been reset. */
  restart(slot: number, createdSeconds: number): void {
    this.restarts += 1;
    this.createdTimes.set(slot, createdSeconds);
  }

  values(slot: number): string[] {
    return this.index.values(slot);
  }

  /** One of the values, for whom an array of all would be too slow. */
  value(slot: number, label: number): string {
    return this.index.value(slot, label);
  }

  /** The overflow series does not count towards the limit. */
  private isFull(): boolean {
    return this.size - (this.overflow === NONE ? 0 : 1) >= this.options.limit;
  }

  private overflowSlot(): number {
    if (this.overflow === NONE) {
      const values = this.options.labelNames.map(() => OVERFLOW_VALUE);
      const slot = this.index.find(values);
      this.overflow = slot >= 0 ? slot : this.add(values);
      this.options.onOverflowing(this.overflow);
    }
    return this.overflow;
  }

  private add(values: readonly string[]): number {
    // Clocks may throw, so they are read before anything changes.
    const now = this.options.now();
    const elapsed = this.expires ? this.options.elapsed() : undefined;
    const slot = this.free.pop() ?? this.slotCount++;
    this.newest += 1;
    this.index.insert(values, slot);
    this.generations.set(slot, this.newest);
    this.createdTimes.set(slot, now / 1000);
    if (elapsed !== undefined) this.updateTimes.set(slot, elapsed);
    this.options.onAdded(slot);
    return slot;
  }
}

import { EMPTY, type LabelReader, labelReader, STEPS } from "./label-reader.ts";
import { LabelValues } from "./label-values.ts";
import { spread, weightOf } from "./value-hash.ts";

/** A place whose slot has gone: a lookup goes on behind it. */
const GONE = -2;

/** For fewer slots, memory does not matter, and a table with more places is faster. */
const FEW = 10_000;

/** So many steps are no reason to hash other characters of the values. */
const SOME_STEPS = 8;

/**
 * Finds the slot of a label set, in a hash table of slots. A value is hashed by a few of its characters, or
 * by its id where these tell too few of them apart. Comparing it is fast because programs mostly pass the same
 * string objects again. Slots that find no place near their hash are in a map by all their values. So a
 * lookup takes few steps, whatever the values are, and different label sets are never confused.
 */
export class LabelIndex {
  readonly names: readonly string[];
  /** The values of each label. */
  readonly labels: readonly LabelValues[];
  /** The ids of the values of slot `s` begin at `s * names.length`. */
  ids = new Int32Array(16);
  places = new Int32Array(8).fill(EMPTY);
  size = 0;
  /** How many places are not empty. */
  private taken = 0;
  /** How many slots were placed since the table was built, and how many steps from their hashes. */
  private placedCount = 0;
  private stepCount = 0;
  /** The slots that found no place, by their values. */
  private readonly far = new Map<string, number>();
  private readonly closed: ReadonlyMap<string, readonly string[]>;
  /** Made at the first lookup, and anew when other characters are hashed. */
  private reader: LabelReader | undefined;
  private readonly weights: readonly number[];

  /** @param closed the values of the labels that have no others */
  constructor(
    names: readonly string[],
    closed: ReadonlyMap<string, readonly string[]> = new Map(),
  ) {
    this.names = names;
    this.closed = closed;
    this.labels = names.map((name) => new LabelValues(closed.get(name)));
    this.weights = names.map((_, i) => weightOf(i));
  }

  /** The slot of these labels if they are exactly those declared, and the series exists; else -1. */
  findQuickly(labels: object): number {
    this.reader ??= this.newReader();
    return this.reader(this, labels);
  }

  private newReader(): LabelReader {
    return labelReader(
      this.names.map((name, i) => {
        return { name, list: this.closed.get(name), hashed: this.labels[i]!.hashed };
      }),
    );
  }

  /** The slot of these label values, or -1. */
  find(values: readonly string[]): number {
    const { places } = this;
    const mask = places.length - 1;
    let place = this.home(values);
    for (let step = 0; step < STEPS; step += 1) {
      const slot = places[place]!;
      // A slot that is far found no such place, and none becomes empty.
      if (slot === EMPTY) return EMPTY;
      if (slot !== GONE && this.has(slot, values)) return slot;
      place = (place + 1) & mask;
    }
    return this.findFar(values);
  }

  /** The slot of these label values if it found no place in the table, or -1. */
  findFar(values: readonly string[]): number {
    return this.far.size === 0 ? EMPTY : (this.far.get(JSON.stringify(values)) ?? EMPTY);
  }

  insert(values: readonly string[], slot: number): void {
    const width = this.names.length;
    if ((slot + 1) * width > this.ids.length) {
      const grown = new Int32Array(Math.max(1.5 * this.ids.length, (slot + 1) * width));
      grown.set(this.ids);
      this.ids = grown;
    }
    values.forEach((value, i) => {
      this.ids[slot * width + i] = this.labels[i]!.retain(value);
    });
    this.size += 1;
    this.place(slot);
    if (2 * this.taken > this.places.length || this.hashesOthers()) this.rebuild();
  }

  delete(slot: number): void {
    const place = this.placeOf(slot);
    if (place < 0) this.far.delete(JSON.stringify(this.values(slot)));
    else this.places[place] = GONE;
    this.size -= 1;
    const width = this.names.length;
    for (let i = 0; i < width; i += 1) this.labels[i]!.release(this.ids[slot * width + i]!);
  }

  values(slot: number): string[] {
    const width = this.names.length;
    return this.labels.map(({ values }, i) => values[this.ids[slot * width + i]!]!);
  }

  value(slot: number, label: number): string {
    return this.labels[label]!.values[this.ids[slot * this.names.length + label]!]!;
  }

  private has(slot: number, values: readonly string[]): boolean {
    const base = slot * values.length;
    let i = 0;
    while (i < values.length && this.labels[i]!.values[this.ids[base + i]!] === values[i]) i += 1;
    return i === values.length;
  }

  /** The place that the values are hashed to. Generated readers do the same. */
  private home(values: readonly string[]): number {
    let hash = 0;
    for (let i = 0; i < values.length; i += 1) hash = (hash + this.partOfHash(i, values[i]!)) | 0;
    return spread(hash) & (this.places.length - 1);
  }

  /** The place that the values of a slot are hashed to. */
  private homeOf(slot: number): number {
    let hash = 0;
    for (let i = 0; i < this.labels.length; i += 1) {
      hash = (hash + this.partOfHash(i, this.value(slot, i))) | 0;
    }
    return spread(hash) & (this.places.length - 1);
  }

  private partOfHash(label: number, value: string): number {
    return Math.imul(this.labels[label]!.hash(value), this.weights[label]!);
  }

  private place(slot: number): void {
    const { places } = this;
    let place = this.homeOf(slot);
    let step = 0;
    while (step < STEPS && places[place]! >= 0) {
      step += 1;
      place = (place + 1) & (places.length - 1);
    }
    this.placedCount += 1;
    this.stepCount += step;
    if (step === STEPS) this.far.set(JSON.stringify(this.values(slot)), slot);
    else {
      if (places[place] === EMPTY) this.taken += 1;
      places[place] = slot;
    }
  }

  /** The place of a slot, or -1 if it is far. */
  private placeOf(slot: number): number {
    let place = this.homeOf(slot);
    for (let step = 0; step < STEPS; step += 1) {
      if (this.places[place] === slot) return place;
      place = (place + 1) & (this.places.length - 1);
    }
    return EMPTY;
  }

  /** Where lookups take many steps, hashes other characters of the label whose values are most alike; whether it did. */
  private hashesOthers(): boolean {
    if (2 * this.stepCount <= this.placedCount + SOME_STEPS) return false;
    const alike = this.labels.map((label) => label.alike);
    const most = Math.max(...alike);
    const label = this.labels[alike.indexOf(most)];
    // A few steps come by chance: they are no reason where only some values are alike.
    if (label !== undefined && most > 0 && (8 * most > label.size || this.far.size > 0)) {
      label.tellApart();
      this.reader = undefined;
      return true;
    }
    // Not before the table is built again: counting values that are alike takes long.
    this.stepCount = Number.NEGATIVE_INFINITY;
    return false;
  }

  /** Places all slots again, in a table with room for at least half as many more, or for twice as many where they are few. */
  private rebuild(): void {
    const before = this.places;
    const far = [...this.far.values()];
    const room = (this.size < FEW ? 4 : 3) * this.size;
    this.places = new Int32Array(Math.max(8, 2 ** Math.ceil(Math.log2(room)))).fill(EMPTY);
    this.taken = 0;
    this.placedCount = 0;
    this.stepCount = 0;
    this.far.clear();
    for (const slot of before) if (slot >= 0) this.place(slot);
    for (const slot of far) this.place(slot);
  }
}

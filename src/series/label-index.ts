import { invalidLabelValue, labelsMismatch } from "../errors.ts";
import { Interner } from "./interner.ts";

const EMPTY = -1;

/**
 * Finds the slot of a label set. Label values are interned, and their ids are the key of a hash table
 * of slots with linear probing. So different label sets are never confused, whatever their values are.
 */
export class LabelIndex {
  private readonly metric: string;
  private readonly names: readonly string[];
  private readonly interners: readonly Interner[];
  /** The label ids of slot `s` begin at `s * names.length`. */
  private ids = new Int32Array(16);
  private slots = new Int32Array(8).fill(EMPTY);
  /** The ids of the current lookup. */
  private readonly wanted: Int32Array;
  size = 0;
  /** How often `wanted` or the ids in it changed: a getter in a label object may do so amid a lookup. */
  private changes = 0;

  constructor(metric: string, names: readonly string[]) {
    this.metric = metric;
    this.names = names;
    this.interners = names.map(() => new Interner());
    this.wanted = new Int32Array(names.length);
  }

  /**
   * The slot of these labels if they are strings in declared order, and the series exists; else -1.
   * V8 turns reads in a `for…in` loop into plain field loads, unlike `labels[name]` for a list of names.
   */
  findQuickly(labels: object): number {
    const names = this.names;
    this.changes += 1;
    const changes = this.changes;
    let hash = 0;
    let i = 0;
    for (const name in labels) {
      if (name !== names[i]) return EMPTY;
      const id = this.interners[i]!.find((labels as Record<string, unknown>)[name]);
      if (id === undefined) return EMPTY;
      this.wanted[i] = id;
      hash = mix(hash, id);
      i += 1;
    }
    return i === names.length && changes === this.changes ? this.probe(hash) : EMPTY;
  }

  /** The slot of these label values, or -1. */
  find(values: readonly string[]): number {
    this.changes += 1;
    let hash = 0;
    for (let i = 0; i < values.length; i += 1) {
      const id = this.interners[i]!.find(values[i]);
      if (id === undefined) return EMPTY;
      this.wanted[i] = id;
      hash = mix(hash, id);
    }
    return this.probe(hash);
  }

  /**
   * The values of a label object in declared order; throws if the labels are not exactly those
   * declared.
   */
  read(labels: object): string[] {
    return readLabels(this.metric, this.names, labels);
  }

  /** The labels of an object that may lack some, as texts; throws if it has others. */
  readSome(labels: object, before: object = {}): Readonly<Record<string, string>> {
    if (typeof labels !== "object" || labels === null) {
      throw labelsMismatch(this.metric, this.names, labels);
    }
    if (!Object.keys(labels).every((name) => this.names.includes(name))) {
      throw labelsMismatch(this.metric, this.names, { ...before, ...labels });
    }
    const given = this.names.filter((name) => isGiven(labels, name));
    return Object.fromEntries(given.map((name) => [name, labelText(this.metric, name, labels)]));
  }

  /** Whether an object lacks one of the labels. What is no object lacks none: it is no label set. */
  lacksLabels(labels: object): boolean {
    if (typeof labels !== "object" || labels === null) return false;
    for (const name of this.names) if (!isGiven(labels, name)) return true;
    return false;
  }

  insert(values: readonly string[], slot: number): void {
    const width = this.names.length;
    if ((slot + 1) * width > this.ids.length) {
      const grown = new Int32Array(Math.max(2 * this.ids.length, (slot + 1) * width));
      grown.set(this.ids);
      this.ids = grown;
    }
    values.forEach((value, i) => {
      this.ids[slot * width + i] = this.interners[i]!.retain(value);
    });
    this.size += 1;
    if (2 * this.size > this.slots.length) this.grow();
    this.place(slot);
  }

  delete(slot: number): void {
    this.changes += 1;
    const mask = this.slots.length - 1;
    let hole = this.home(slot);
    while (this.slots[hole] !== slot) hole = (hole + 1) & mask;
    // Slots that had to move past the hole move back, because a lookup stops at the first empty
    // place.
    for (let next = (hole + 1) & mask; this.slots[next] !== EMPTY; next = (next + 1) & mask) {
      const home = this.home(this.slots[next]!);
      if (((next - home) & mask) >= ((next - hole) & mask)) {
        this.slots[hole] = this.slots[next]!;
        hole = next;
      }
    }
    this.slots[hole] = EMPTY;
    this.size -= 1;
    const width = this.names.length;
    for (let i = 0; i < width; i += 1) this.interners[i]!.release(this.ids[slot * width + i]!);
  }

  values(slot: number): string[] {
    const width = this.names.length;
    return this.interners.map((interner, i) => interner.value(this.ids[slot * width + i]!));
  }

  value(slot: number, label: number): string {
    return this.interners[label]!.value(this.ids[slot * this.names.length + label]!);
  }

  private probe(hash: number): number {
    const slots = this.slots;
    const ids = this.ids;
    const wanted = this.wanted;
    const width = wanted.length;
    const mask = slots.length - 1;
    for (let place = hash & mask; ; place = (place + 1) & mask) {
      const slot = slots[place]!;
      if (slot === EMPTY) return EMPTY;
      const base = slot * width;
      let i = 0;
      while (i < width && ids[base + i] === wanted[i]) i += 1;
      if (i === width) return slot;
    }
  }

  private home(slot: number): number {
    const width = this.names.length;
    let hash = 0;
    for (let i = 0; i < width; i += 1) hash = mix(hash, this.ids[slot * width + i]!);
    return hash & (this.slots.length - 1);
  }

  private place(slot: number): void {
    const mask = this.slots.length - 1;
    let place = this.home(slot);
    while (this.slots[place] !== EMPTY) place = (place + 1) & mask;
    this.slots[place] = slot;
  }

  private grow(): void {
    const old = this.slots;
    this.slots = new Int32Array(2 * old.length).fill(EMPTY);
    for (const slot of old) if (slot !== EMPTY) this.place(slot);
  }
}

/** The values of a label object in the order of `names`; throws if it has other labels. */
export function readLabels(metric: string, names: readonly string[], labels: object): string[] {
  checkDeclared(metric, names, labels);
  if (!names.every((name) => isGiven(labels, name))) throw labelsMismatch(metric, names, labels);
  return names.map((name) => labelText(metric, name, labels));
}

function checkDeclared(metric: string, names: readonly string[], labels: object): void {
  const isObject = typeof labels === "object" && labels !== null;
  if (!isObject || !Object.keys(labels).every((name) => names.includes(name))) {
    throw labelsMismatch(metric, names, labels);
  }
}

/**
 * Whether an object has a label, itself or from its class: all objects have what a library adds to
 * `Object.prototype`.
 */
function isGiven(labels: object, name: string): boolean {
  return Object.hasOwn(labels, name) || (name in labels && !(name in Object.prototype));
}

function labelText(metric: string, name: string, labels: object): string {
  const value = (labels as Record<string, unknown>)[name];
  // UTF-8 can't encode lone surrogates. They are replaced here, as a text encoder would do, so that
  // two label sets that look the same on a page are the same series.
  if (typeof value === "string") return value.isWellFormed() ? value : value.toWellFormed();
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  throw invalidLabelValue(metric, name, value);
}

/** The hash of a label set with one more part. */
export function mix(hash: number, part: number): number {
  const mixed = Math.imul(hash ^ part, 0x9e3779b1);
  return mixed ^ (mixed >>> 15);
}

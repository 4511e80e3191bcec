import type { CountsMemory } from "../../instruments/histogram/native/bucket-counts.ts";
import type { SeriesLedger } from "../../instruments/series-ledger.ts";
import type { Family } from "../../model/family.ts";
import type { SampleSink } from "../../model/sample-sink.ts";
import type { AnyInstrument } from "../../registry/families.ts";
import { newChunk } from "../../series/chunks.ts";
import { KeptCounts } from "../merge/kept-counts.ts";
import { frame } from "../region/format.ts";
import type { Layout } from "../region/layout.ts";
import { RegionWriter } from "../region/writer.ts";
import type { Arena } from "./arena.ts";
import { writtenBy } from "./blob.ts";
import { type LedgerEntry, nativeEntry } from "./ledger-entry.ts";
import type { MemberPlace } from "./member-place.ts";
import { Region } from "./region.ts";

/** A region is made anew when it has grown by this many bytes, and to twice its size. */
const MIN_GROWTH = 2 ** 18;

/**
 * Keeps the numbers of a registry's series in shared memory, and notes there which series they are of.
 * So others can read them at any time, also when the thread has been ended in the middle of something.
 */
export class Ledger {
  readonly #arena: Arena;
  readonly #place: MemberPlace;
  readonly #claimant: number;
  readonly #onError: (error: unknown) => void;
  readonly #families = new Map<AnyInstrument, FamilyLedger>();
  readonly #known = new Set<Family>();
  /** What series had counted that have gone. */
  readonly #kept = new KeptCounts();
  /** Of those that went since the log was written. */
  #newest = new RegionWriter(() => 0);
  #gone: LedgerEntry[] = [];
  #region: Region;
  #layouts = 0;
  #sizeWhenMade = 0;

  /**
   * @param claimant the id of the member
   * @param onError is called where the memory is full: what is not in it is not on the pages of others
   */
  constructor(
    arena: Arena,
    place: MemberPlace,
    claimant: number,
    onError: (error: unknown) => void,
  ) {
    this.#arena = arena;
    this.#claimant = claimant;
    this.#onError = onError;
    this.#place = place;
    this.#region = new Region(arena, claimant);
    this.#sizeWhenMade = this.#region.size;
  }

  /** Lets others read it. */
  open(): void {
    this.#place.region = this.#region.id;
    this.#sizeWhenMade = this.#region.size;
  }

  /** Whether the numbers of a family are in the region. */
  has(family: Family): boolean {
    return this.#known.has(family);
  }

  /** Whether a report lacks nothing if it leaves out this source. */
  isWhole(source: object): boolean {
    return this.#families.has(source as AnyInstrument) && !(source as AnyInstrument).hasExtras;
  }

  /** Moves the numbers of an instrument into the region, if all that it has is numbers. */
  include(instrument: AnyInstrument): void {
    if (instrument.shape === undefined || this.#families.has(instrument)) return;
    const ledger = new FamilyLedger(this, instrument);
    this.#families.set(instrument, ledger);
    this.#known.add(instrument.family);
    ledger.begin(this.#layouts++);
  }

  keep(write: (sink: SampleSink) => void): void {
    write(this.#newest);
    this.#kept.keep(write);
  }

  /** Keeps what series had counted that went before there was a ledger. */
  keepNow(write: (sink: SampleSink) => void): void {
    this.settle();
    const writer = new RegionWriter(() => 0);
    write(writer);
    if (writer.length === 0) return;
    this.#kept.keep(write);
    this.log([keptEntry(writer)]);
  }

  forget(family: string): void {
    this.settle();
    this.#kept.forget(family);
    this.log([["forget", family]]);
  }

  /** The row of a series is no series any more, as soon as this is settled. */
  giveUp(entry: LedgerEntry): void {
    // Many may go at once.
    if (this.#gone.push(entry) === 1) queueMicrotask(() => this.settle());
  }

  settle(): void {
    if (this.#gone.length === 0) return;
    // At once, so that no reader finds a count both kept and in its row, or in neither.
    const gone = this.#gone;
    this.#gone = [];
    const newest = this.#newest;
    this.#newest = new RegionWriter(() => 0);
    this.log(newest.length === 0 ? gone : [keptEntry(newest), ...gone]);
  }

  /** Drops what has expired, and makes the region anew if most of it may be of no use. */
  refresh(): void {
    for (const instrument of this.#families.keys()) instrument.refresh();
    this.settle();
    if (this.#region.size > 2 * this.#sizeWhenMade + MIN_GROWTH) this.#renew();
  }

  /** Moves all numbers back to where they were before. */
  leave(): void {
    this.settle();
    for (const instrument of this.#families.keys()) instrument.share(undefined);
    this.#families.clear();
  }

  /** The family of an instrument has ended. */
  end(instrument: AnyInstrument, layout: number): void {
    this.giveUp(["ended", layout]);
    this.settle();
    this.#families.delete(instrument);
    this.#known.delete(instrument.family);
  }

  log(entries: readonly unknown[]): void {
    try {
      this.#region.append(frame(entries));
      this.#region.publish();
    } catch (error) {
      this.#onError(error);
    }
  }

  numbers(length: number): Float64Array {
    try {
      return this.#region.numbers(length);
    } catch (error) {
      this.#onError(error);
      return newChunk(length);
    }
  }

  #renew(): void {
    const before = this.#region.id;
    try {
      this.#region = new Region(this.#arena, this.#claimant);
    } catch (error) {
      this.#onError(error);
      return;
    }
    this.#layouts = 0;
    const kept = new RegionWriter(() => 0);
    this.#kept.visit(kept);
    if (kept.length > 0) this.log([keptEntry(kept)]);
    for (const ledger of this.#families.values()) ledger.begin(this.#layouts++);
    this.open();
    this.#arena.free((owner) => owner === before);
  }
}

function keptEntry(writer: RegionWriter): LedgerEntry {
  const { log, report } = writtenBy(writer);
  return ["kept", base64(log), base64(report)];
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("base64");
}

/** The part of a ledger that is about one family. */
class FamilyLedger implements SeriesLedger {
  readonly #ledger: Ledger;
  readonly #instrument: AnyInstrument;
  #layout = -1;
  /** What is noted of many series at once. */
  #batch: unknown[] | undefined;

  constructor(ledger: Ledger, instrument: AnyInstrument) {
    this.#ledger = ledger;
    this.#instrument = instrument;
  }

  /** Moves all numbers into the current region. */
  begin(layout: number): void {
    this.#layout = layout;
    const { family, definition, shape } = this.#instrument;
    const labelNames = [...definition.constantLabels.names, ...definition.labelNames];
    this.#batch = [{ family, labelNames, shape: shape! } satisfies Layout];
    this.#instrument.share(this);
    const batch = this.#batch;
    this.#batch = undefined;
    this.#ledger.log(batch);
  }

  chunk(length: number, firstSlot: number): Float64Array {
    const numbers = this.#ledger.numbers(length);
    if (numbers.buffer instanceof SharedArrayBuffer) {
      const { byteOffset } = numbers;
      this.#log([["chunk", this.#layout, firstSlot, byteOffset, length]]);
    }
    return numbers;
  }

  countsOf(slot: number): CountsMemory {
    return {
      allocate: (length) => this.#ledger.numbers(length),
      moved: () => this.#log(this.#native(slot)),
    };
  }

  added(slot: number): void {
    const { table, definition } = this.#instrument;
    const created = table.created(slot);
    const values = [...definition.constantLabels.values, ...table.values(slot)];
    this.#log([
      [this.#layout, Number.isNaN(created) ? null : created, ...values],
      ["at", this.#layout, slot],
      ...this.#native(slot),
    ]);
  }

  gone(slot: number): void {
    this.#ledger.giveUp(["gone", this.#layout, slot]);
  }

  settle(): void {
    this.#ledger.settle();
  }

  ended(): void {
    this.#ledger.end(this.#instrument, this.#layout);
  }

  #log(entries: readonly unknown[]): void {
    if (this.#batch === undefined) this.#ledger.log(entries);
    else this.#batch.push(...entries);
  }

  #native(slot: number): LedgerEntry[] {
    const places = this.#instrument.nativePlaces(slot);
    if (places === undefined) return [];
    return [["native", this.#layout, slot, nativeEntry(places)]];
  }
}

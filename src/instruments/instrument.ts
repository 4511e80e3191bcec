import { invalidValue, labelsMismatch, type PublicCall } from "../errors.ts";
import type { Family } from "../model/family.ts";
import type { Exemplar, MetricSource, SampleSink } from "../model/sample-sink.ts";
import { Chunks, newChunk } from "../series/chunks.ts";
import { SeriesTable } from "../series/series-table.ts";
import { labelSets } from "./definition/closed-labels.ts";
import { checkLabels, type Definition } from "./definition/define.ts";
import type { UpdateOptions } from "./exemplars.ts";
import { chain, type HeldSeries } from "./held-series.ts";
import type { NativePlaces } from "./histogram/native/state.ts";
import { familyLine, inspectedAs, seriesLine } from "./inspected.ts";
import type { SeriesLedger } from "./series-ledger.ts";
import { SeriesRow } from "./series-row.ts";

/**
 * Series in the slots below this number are held, whether or not a user asks for them, because an update
 * of a held series is faster. Those behind are not, because held series take memory.
 */
const HELD_FREELY = 1024;

/** How many numbers a visit writes by a run before it may pause; they take a fraction of a millisecond. */
export const NUMBERS_PER_RUN = 256;
/** How many it writes by calls for single series, which take longer. */
export const NUMBERS_BY_CALLS = 32;

/**
 * What all instruments with series have in common: a family, its series, and one row of numbers for
 * each series. A subclass says what the numbers mean.
 */
export abstract class Instrument<S extends HeldSeries> implements MetricSource {
  declare readonly definition: Definition;
  declare readonly family: Family;
  declare readonly table: SeriesTable;
  declare readonly rows: Chunks;
  declare readonly scratch: Float64Array;
  /** The only series of a family without labels. */
  protected only: S | undefined;
  /** Held series by slot; several of one slot are chained. */
  private readonly held: (S | undefined)[] = [];
  /** Is told of the series, if other threads read them. */
  protected ledger: SeriesLedger | undefined;
  /** A view of the series that is being updated, if it is not held; reused for every such update. */
  private cursor: S | undefined;
  /** The series that users get for wrong labels, one for all of them: its updates throw `refusal`, the newest error. */
  private refused: S | undefined;
  private refusal: unknown;

  static {
    inspectedAs("Metric", Instrument.prototype, (instrument) =>
      instrument.only === undefined ? familyLine(instrument) : seriesLine(instrument, 0),
    );
  }

  constructor(definition: Definition, stride: number) {
    this.definition = definition;
    this.family = definition.family;
    this.rows = new Chunks(stride);
    this.scratch = newChunk(stride);
    this.table = new SeriesTable({
      metric: definition.family.name,
      labelNames: definition.labelNames,
      closed: definition.closed,
      limit: definition.limit,
      expireAfterMs: definition.expireAfterMs,
      now: definition.now,
      elapsed: definition.elapsed,
      onOverflowing: (slot) => {
        for (const series of chain(this.held[slot])) series.hasHooks = true;
      },
      onOverflow: () => definition.onOverflow(definition.family.name),
      onAdded: (slot) => {
        this.ledger?.settle();
        this.rows.zero(slot);
        this.admit(slot);
        this.ledger?.added(slot);
      },
      onRemoved: (slot, expired) => {
        this.keepCounts(slot);
        this.ledger?.gone(slot);
        this.release(slot, expired);
        this.forget(slot);
      },
    });
  }

  /**
   * Creates all series of a family whose labels are closed, and the only one of a family without labels;
   * called last in a subclass's constructor.
   */
  protected open(): void {
    const { isFixed, labelNames, closed } = this.definition;
    if (!isFixed) return;
    for (const values of labelSets([...closed.values()])) this.table.slotOfValues(values);
    if (labelNames.length === 0) this.only = this.hold(0);
  }

  protected abstract newSeries(): S;

  /** Creates what a subclass keeps for a new series besides its row. */
  protected admit(_slot: number): void {}

  /** The same in other memory. */
  protected moveMore(_ledger: SeriesLedger | undefined): void {}

  /** Drops what a subclass keeps for a series besides its row. */
  protected forget(_slot: number): void {}

  protected abstract write(sink: SampleSink, row: SeriesRow): void;

  /**
   * What tells what the numbers of a row are: a histogram's bounds, a summary's quantiles or the states;
   * undefined if a series is more than its row and its label values.
   */
  get shape(): readonly (number | string)[] | undefined {
    return [];
  }

  /** Whether series have something besides their counts, such as exemplars. */
  get hasExtras(): boolean {
    return false;
  }

  /** Changes whenever series have something else than before in addition to their numbers. */
  get mark(): unknown {
    return undefined;
  }

  /** Where the native counts of a slot are; undefined if there are none. */
  nativePlaces(_slot: number): NativePlaces | undefined {
    return undefined;
  }

  /** Does what is due by now, also where nobody asks for the series: some expire. */
  refresh(): void {
    this.table.expire();
  }

  /** Moves the numbers to where a ledger wants them, and tells it of all series; or back to where they were. */
  share(ledger: SeriesLedger | undefined): void {
    this.ledger = ledger;
    this.rows.move(ledger && ((length, firstSlot) => ledger.chunk(length, firstSlot)));
    this.moveMore(ledger);
    for (const first of this.held) {
      for (const series of chain(first)) this.point(series as S, series.slot);
    }
    if (ledger !== undefined) for (const slot of this.slots()) ledger.added(slot);
  }

  /** What users get. For a metric without labels it is the only series, which needs no lookup. */
  get handle(): object {
    return this.only ?? this;
  }

  /** The series of a label set, to be held. */
  labels(labels?: object): S {
    return this.seriesFor(labels, this.labels);
  }

  /**
   * The series of a label set, to be held. If the labels are wrong, it is one whose updates are wrong.
   * @param call what the user called
   */
  seriesFor(labels: object = {}, call: PublicCall): S {
    try {
      if (this.only === undefined) return this.hold(this.table.slotOf(labels));
      this.table.read(labels);
      return this.only;
    } catch (error) {
      this.definition.wrongUpdates.forgive(this.family.name, error, call);
      this.refusal = error;
      this.refused ??= this.newSeries();
      this.refused.hasHooks = true;
      return this.refused;
    }
  }

  /** Removes the series of a label set, or restarts one that stays; returns whether there was one. */
  remove(labels?: object): boolean {
    return this.removeFor(labels, this.remove);
  }

  /** @param call what the user called */
  removeFor(labels: object = {}, call: PublicCall): boolean {
    try {
      const slot = this.table.find(labels);
      if (slot < 0) return false;
      if (this.definition.isFixed) this.startAgain(slot);
      else this.table.remove(slot);
      return true;
    } catch (error) {
      this.reject(error, call);
      return false;
    }
  }

  /** Removes all series, or restarts those that stay. */
  clear(): void {
    if (!this.definition.isFixed) this.table.clear();
    else for (const slot of this.slots()) this.startAgain(slot);
  }

  /** Sets all series to zero, and keeps them. */
  reset(): void {
    this.definition.group.member?.forget(this.family.name);
    for (const slot of this.slots()) this.restart(slot);
  }

  /** The slots that have a series. */
  private *slots(): Generator<number> {
    for (let slot = 0; slot < this.table.slotCount; slot += 1) {
      if (this.table.generation(slot) !== 0) yield slot;
    }
  }

  /**
   * To be called with what an update threw: throws it on if the registry is strict, or else drops the
   * update.
   * @param call what the user called
   */
  reject(error: unknown, call: PublicCall): void {
    this.definition.wrongUpdates.drop(this.family.name, error, call);
  }

  /** The same for an update by labels: if these are wrong, that is what the user is told. */
  protected rejectFor(labels: object, error: unknown, call: PublicCall): void {
    let reason = error;
    try {
      this.table.read(labels);
    } catch (wrongLabels) {
      reason = wrongLabels;
    }
    this.reject(reason, call);
  }

  /** The error for a value that the type does not take: labels, for example, where a metric has none. */
  protected invalidValue(value: unknown, rule: string): Error {
    const { name } = this.family;
    const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
    const isLabels = this.only !== undefined && isObject && Object.keys(value).length > 0;
    return isLabels ? labelsMismatch(name, [], value) : invalidValue(name, value, rule);
  }

  get name(): string {
    return this.family.name;
  }

  /** How many series there are. */
  get size(): number {
    return this.table.size;
  }

  /** Throws if the metric can't have these constant labels. */
  checkConstantLabels(names: readonly string[]): void {
    checkLabels(this.family, [...names, ...this.definition.labelNames]);
  }

  *visit(sink: SampleSink): Generator<void> {
    const { table, rows } = this;
    table.expire();
    sink.family(this.family);
    const row = new SeriesRow(table, rows, this.definition, (...of) => this.findExemplar(...of));
    const newest = table.newest;
    const seriesPerRun = Math.ceil(NUMBERS_PER_RUN / rows.stride);
    for (let begin = 0; begin < table.slotCount; ) {
      const end = Math.min(begin + seriesPerRun, rows.chunkEnd(begin), table.slotCount);
      while (begin < end) {
        const to = table.endOfShown(begin, end, newest);
        begin = this.writeSome(sink, row, begin, to);
        if (begin < to) yield;
        // The slot there has no series, or there is none.
        else begin = to < end ? to + 1 : end;
      }
      yield;
    }
  }

  /**
   * Writes some of the series up to the slot `to`: a run of them, or few one by one. Returns the first slot that it
   * has not written.
   */
  private writeSome(sink: SampleSink, row: SeriesRow, from: number, to: number): number {
    const end = Math.min(to, from + Math.ceil(NUMBERS_BY_CALLS / row.stride));
    for (let slot = from; slot < end; slot += 1) {
      row.enter(slot, to);
      const written = this.writeRun(sink, row);
      if (written > slot) return written;
      row.enter(slot, to);
      this.write(sink, row);
    }
    return end;
  }

  /** Writes a run of series as far as the sink can; returns the first slot that it has not written. */
  protected writeRun(_sink: SampleSink, row: SeriesRow): number {
    return row.from;
  }

  /** The first slot from `from` on whose series has an exemplar; `to` if none below it has. */
  protected findExemplar(_from: number, to: number): number {
    return to;
  }

  warnOfNaN(): void {
    this.definition.onNaN(this.family.name);
  }

  /** Throws in a strict registry if the exemplar of an update is invalid. */
  protected checkExemplar(options: UpdateOptions): void {
    this.definition.exemplars.checkOwn(this.family.name, options);
  }

  /**
   * The exemplar of an update: its own, or one from the registry's provider. In a strict registry it
   * throws if its own is invalid.
   */
  exemplarOf(value: number, options: UpdateOptions | undefined): Exemplar | undefined {
    const { exemplars, now } = this.definition;
    if (options === undefined && exemplars.provider === undefined) return undefined;
    // The provider may update the same family, and must not move the cursor of this update.
    const { cursor } = this;
    this.cursor = undefined;
    const labels = exemplars.labelsFor(this.family.name, options);
    this.cursor = cursor;
    return labels && { labels, value, timestamp: now() / 1000 };
  }

  /** The series that an update by labels goes to. It may be the cursor, so use it at once. */
  protected seriesOf(labels: object): S {
    const slot = this.table.slotOf(labels);
    return this.held[slot] ?? (slot < HELD_FREELY ? this.hold(slot) : this.pointCursor(slot));
  }

  /**
   * Points the cursor at a slot. This repeats the code of `point`, because V8 makes stores slow in code
   * that sees objects of more than four classes: here it sees only those of families with many series.
   */
  protected pointCursor(slot: number): S {
    this.cursor ??= this.newSeries();
    const { cursor, rows } = this;
    cursor.slot = slot;
    cursor.chunk = rows.chunk(slot);
    cursor.at = rows.at(slot);
    cursor.hasHooks = this.hasHooks(slot);
    return cursor;
  }

  private hold(slot: number): S {
    return this.held[slot] ?? this.attach(this.newSeries(), slot);
  }

  private attach(series: S, slot: number): S {
    this.point(series, slot);
    series.next = this.held[slot];
    this.held[slot] = series;
    return series;
  }

  protected point(series: S, slot: number): void {
    series.slot = slot;
    series.chunk = this.rows.chunk(slot);
    series.at = this.rows.at(slot);
    series.hasHooks = this.hasHooks(slot);
  }

  private hasHooks(slot: number): boolean {
    const { table, definition } = this;
    return table.expires || table.isOverflow(slot) || definition.exemplars.provider !== undefined;
  }

  /** From now on updates ask for exemplars. */
  askForExemplars(): void {
    for (const first of this.held) for (const series of chain(first)) series.hasHooks = true;
  }

  /**
   * Notes an update of a series that has hooks; one that expired comes back. Throws for the series of
   * wrong labels.
   */
  touch(series: S): void {
    const { expiredValues } = series;
    if (expiredValues !== undefined) {
      this.attach(series, this.table.slotOfValues(expiredValues));
      series.expiredValues = undefined;
    }
    if (!series.isGone) this.table.touch(series.slot);
    else if (series === this.refused) throw this.refusal;
  }

  /** The metric is about to go from its registry. */
  retire(): void {
    for (const slot of this.slots()) this.keepCounts(slot);
    this.ledger?.ended();
    if (this.ledger !== undefined) this.share(undefined);
  }

  /** What the series has counted stays in the totals of the registry's group. */
  private keepCounts(slot: number): void {
    const { member } = this.definition.group;
    // What a callback supplies is counted elsewhere, and may come again with all that it was.
    if (member === undefined || this.isSupplied) return;
    member.keep((sink) => {
      sink.family(this.family);
      const row = new SeriesRow(this.table, this.rows, this.definition, (_, to) => to);
      row.enter(slot, slot + 1);
      this.write(sink, row);
    });
  }

  /** Whether a callback supplies the values. */
  protected get isSupplied(): boolean {
    return false;
  }

  /** A series that stays is removed, and begins at zero again. */
  private startAgain(slot: number): void {
    this.keepCounts(slot);
    this.restart(slot);
  }

  private restart(slot: number): void {
    const now = this.definition.now(); // Clocks may throw, so it is read before anything changes.
    this.zero(slot);
    this.forget(slot);
    this.admit(slot);
    for (const series of chain(this.held[slot])) this.point(series as S, slot);
    this.table.restart(slot, now / 1000);
    this.ledger?.added(slot);
  }

  /** Sets the row of a series to zeros; `added` must tell the ledger of the series again. */
  protected zero(slot: number): void {
    this.ledger?.gone(slot);
    this.ledger?.settle();
    this.rows.zero(slot);
  }

  private release(slot: number, expired: boolean): void {
    const values = expired ? this.table.values(slot) : undefined;
    for (const series of chain(this.held[slot])) series.detach(values);
    this.held[slot] = undefined;
  }
}

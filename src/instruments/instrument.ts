import { labelsUnexpected } from "../errors.ts";
import type { Exemplar } from "../model/exemplar.ts";
import type { Family } from "../model/family.ts";
import type { MetricSource, SampleSink, SeriesHead } from "../model/sample-sink.ts";
import { Pages } from "../series/pages.ts";
import { RecentSeries } from "../series/recent-series.ts";
import { SeriesTable } from "../series/series-table.ts";
import type { Definition } from "./definition.ts";
import type { UpdateOptions } from "./exemplars.ts";
import { chain, type HeldSeries } from "./held-series.ts";
import { SlotHead } from "./slot-head.ts";

/** So many series a family are held whether or not a user asks for it, as that makes updates faster. */
const HELD_FREELY = 1024;

/** A visit may pause after this many numbers: a fraction of a millisecond. */
const NUMBERS_PER_SLICE = 512;

/**
 * What all instruments share: a family, its series, and one row of numbers a series. A subclass
 * says what a row means.
 */
export abstract class Instrument<S extends HeldSeries> implements MetricSource {
  readonly definition: Definition;
  readonly family: Family;
  readonly table: SeriesTable;
  readonly rows: Pages;
  /** Takes the updates of held series that were removed. */
  readonly scratch: Float64Array;
  /** The series without labels of a family without labels. */
  protected only: S | undefined;
  private readonly recent: RecentSeries<S>;
  /** Held series by slot; several of one slot are chained. */
  private readonly held: (S | undefined)[] = [];

  constructor(definition: Definition, stride: number) {
    this.definition = definition;
    this.family = definition.family;
    this.rows = new Pages(stride);
    this.scratch = new Float64Array(stride);
    this.recent = new RecentSeries(definition.labelNames);
    this.table = new SeriesTable({
      metric: definition.family.name,
      labelNames: definition.labelNames,
      limit: definition.limit,
      expireAfterMs: definition.expireAfterMs,
      now: definition.now,
      onOverflowing: (slot) => {
        for (const series of chain(this.held[slot])) series.watched = true;
      },
      onOverflow: () => definition.onOverflow(definition.family.name),
      onAdded: (slot) => {
        this.rows.zero(slot);
        this.admit(slot);
      },
      onRemoved: (slot, expired) => {
        this.release(slot, expired);
        this.forget(slot);
      },
    });
  }

  /** To be called by a subclass once it is complete: a family without labels has its series at once. */
  protected open(): void {
    if (this.definition.labelNames.length === 0) this.only = this.hold({});
  }

  protected abstract newSeries(): S;

  /** Makes what a subclass keeps of a slot besides its row. */
  protected admit(_slot: number): void {}

  /** Drops what a subclass keeps of a slot besides its row. */
  protected forget(_slot: number): void {}

  protected abstract write(
    sink: SampleSink,
    head: SeriesHead,
    page: Float64Array,
    at: number,
  ): void;

  /** What a user gets: a metric without labels is its one series, so that its updates are one hop, too. */
  get handle(): object {
    return this.only ?? this;
  }

  /** The series of a label set, to be held. */
  labels(labels?: object): S {
    if (this.only === undefined) return this.hold(labels as object);
    if (labels !== undefined && (labels === null || Object.keys(labels).length > 0)) {
      throw labelsUnexpected(this.family.name, labels);
    }
    return this.only;
  }

  /** Removes the series of a label set; says whether there was one. */
  remove(labels: object = {}): boolean {
    const slot = this.table.find(labels);
    if (slot < 0) return false;
    if (this.only === undefined) this.table.remove(slot);
    else this.restart(slot);
    return true;
  }

  /** Removes all series; one without labels starts again from zero. */
  clear(): void {
    if (this.only === undefined) this.table.clear();
    else if (this.only.slot >= 0) this.restart(this.only.slot);
  }

  *visit(sink: SampleSink): Generator<void> {
    const { table, rows } = this;
    table.expire();
    sink.family(this.family);
    const head = new SlotHead(table, this.definition);
    const newest = table.newest;
    const seriesPerSlice = Math.ceil(NUMBERS_PER_SLICE / rows.stride);
    for (let begin = 0; begin < table.slotCount; ) {
      const end = Math.min(begin + seriesPerSlice, rows.pageEnd(begin), table.slotCount);
      this.writeSlots(sink, head, begin, end, newest);
      begin = end;
      yield;
    }
  }

  /** Writes the series of some slots of one page. */
  private writeSlots(
    sink: SampleSink,
    head: SlotHead,
    begin: number,
    end: number,
    newest: number,
  ): void {
    const { table, rows } = this;
    const { stride } = rows;
    const page = rows.page(begin);
    const tenancies = table.tenancyPage(begin);
    const offset = rows.at(begin) / stride - begin;
    for (let slot = begin; slot < end; slot += 1) {
      const place = slot + offset;
      const tenancy = tenancies[place]!;
      // A series that came in during a pause waits for the next visit: it may be one that was
      // written already, removed, and added again.
      if (tenancy === 0 || tenancy > newest) continue;
      head.slot = slot;
      head.tenancy = tenancy;
      this.write(sink, head, page, place * stride);
    }
  }

  /** The exemplar of an update, its own or the registry's provider's; undefined for none. */
  exemplarOf(value: number, options: UpdateOptions | undefined): Exemplar | undefined {
    const { exemplars, now } = this.definition;
    if (options === undefined && !exemplars.isOn) return undefined;
    const labels = exemplars.labelsFor(this.family.name, options);
    return labels && { labels, value, timestamp: now() / 1000 };
  }

  /**
   * The series that an update of these labels goes to. In a family of many series it is undefined:
   * there updates go to the slot, as held series cost memory.
   */
  protected seriesOf(labels: object): S | undefined {
    if (this.table.size > HELD_FREELY) return undefined;
    return this.recent.find(labels) ?? this.lookCloser(labels);
  }

  private lookCloser(labels: object): S {
    const slot = this.table.slotOf(labels);
    const series = this.held[slot] ?? this.attach(this.newSeries(), slot);
    if (!this.table.isOverflow(slot)) this.recent.remember(labels, series, this.table.size);
    return series;
  }

  protected hold(labels: object): S {
    const slot = this.table.slotOf(labels);
    return this.held[slot] ?? this.attach(this.newSeries(), slot);
  }

  /** Points a held series at a slot. */
  attach(series: S, slot: number): S {
    this.point(series, slot);
    series.next = this.held[slot];
    this.held[slot] = series;
    return series;
  }

  protected point(series: S, slot: number): void {
    series.slot = slot;
    series.page = this.rows.page(slot);
    series.at = this.rows.at(slot);
    series.watched =
      this.table.expires || this.table.isOverflow(slot) || this.definition.exemplars.isOn;
  }

  /** From now on each update asks for an exemplar. */
  watch(): void {
    for (const first of this.held) for (const series of chain(first)) series.watched = true;
  }

  private restart(slot: number): void {
    this.rows.zero(slot);
    this.forget(slot);
    this.admit(slot);
    for (const series of chain(this.held[slot])) this.point(series as S, slot);
    this.table.restart(slot, this.definition.now() / 1000);
  }

  private release(slot: number, expired: boolean): void {
    const values = expired ? this.table.values(slot) : undefined;
    for (const series of chain(this.held[slot])) series.detach(values);
    this.held[slot] = undefined;
  }
}

import type { SeriesHead } from "../../model/sample-sink.ts";
import type { SeriesRun } from "../../model/series-run.ts";
import { encodeExtra, frame, type LogEntry, reportOf } from "./format.ts";
import type { Extra, Layout } from "./layout.ts";
import { NativeNumbers } from "./native-numbers.ts";
import type { Rows } from "./reader.ts";
import type { SeriesLog } from "./series-log.ts";
import { type KnownSeries, knownOf, NO_TABLE, Table } from "./table.ts";

/** Fewer series than this in a log are not worth beginning it anew. */
const MIN_STALE = 1000;

/**
 * The tables of a report that is being made. Definitions and label sets go into a log, each of them once; the
 * report has the numbers.
 */
export class ReportTables {
  #tables = new Map<string, Table>();
  #entries: LogEntry[] = [];
  #logged = 0;
  /** The tables in the order of writing, each with the rows that it and all of them had before. */
  #order: { readonly table: Table; readonly rows: number; readonly length: number }[] = [];
  /** The table of the rows of another report, and the ids that their series have here. */
  #added = new WeakMap<SeriesLog, { readonly table: Table; readonly ids: number[] }>();
  readonly #natives = new NativeNumbers();
  /** How many rows there are in all tables. */
  length = 0;
  /** Whether nothing of the log has been taken yet. */
  isNew = true;

  /** Begins the next report, and the log, too, if most of it is of no use any more. */
  begin(): void {
    if (this.#logged > 2 * this.length + MIN_STALE) this.restart();
    for (const table of this.#tables.values()) {
      table.cut(0);
      table.isListed = false;
    }
    this.length = 0;
    this.#order = [];
  }

  /** Begins the log anew: everything is written to it again. */
  restart(): void {
    this.#tables.clear();
    this.#added = new WeakMap();
    this.#entries = [];
    this.#logged = 0;
    this.isNew = true;
  }

  /** What is to be appended to the log before the report is written; empty if there is nothing. */
  takeLog(): Uint8Array {
    this.isNew = false;
    return this.#entries.length === 0 ? new Uint8Array() : frame(this.#entries.splice(0));
  }

  /** The report, except for its head, which the caller adds. */
  report(head: object): Buffer {
    const tables = [...this.#tables.values()].filter(({ rows, isListed }) => rows > 0 || isListed);
    const natives = this.#natives;
    natives.clear();
    const blocks = tables.map(({ id, runs, extras }) => ({
      layout: id,
      runs,
      ...(extras.length > 0 && {
        extras: extras.map(([row, extra]) => [row, encodeExtra(extra, natives)]),
      }),
    }));
    const numbers = tables.map(({ numbers, rows, width }) => numbers.subarray(0, rows * width));
    const { all } = natives;
    return reportOf({ ...head, blocks, natives: all.length }, [...numbers, all]);
  }

  truncate(length: number): void {
    while (this.#order.length > 0 && this.length > length) {
      const { table, rows, length: before } = this.#order.pop()!;
      table.cut(rows);
      this.length = before;
    }
  }

  /**
   * Adds rows of another report.
   *
   * @param process what tells them from others where each is shown; the process of the report by default
   */
  add({ series, ids, numbers, width, extras }: Rows, process?: string): void {
    let added = this.#added.get(series);
    if (added === undefined) {
      const { layout } = series;
      const table = this.tableFor(process === undefined ? layout : { ...layout, process });
      added = { table, ids: [] };
      this.#added.set(series, added);
    }
    const { table, ids: known } = added;
    if (ids.length === 0) table.isListed = true;
    const start = table.extend(ids.length);
    this.length += ids.length;
    for (let row = 0; row < ids.length; row += 1) {
      const id = ids[row]!;
      known[id] ??= this.#idOf(table, series.createds[id]!, series.values[id]!);
      table.ids[start + row] = known[id]!;
    }
    table.numbers.set(numbers.subarray(0, ids.length * width), start * width);
    for (const [row, extra] of extras) table.extras.push([start + row, extra]);
  }

  protected tableFor(layout: Layout): Table {
    const key = JSON.stringify(layout);
    let table = this.#tables.get(key);
    if (table === undefined) {
      table = new Table(this.#tables.size, layout);
      this.#tables.set(key, table);
      this.#entries.push(layout);
    }
    return table;
  }

  /** What follows may be truncated alone. */
  protected mark(): void {
    this.#order.push({ table: NO_TABLE, rows: 0, length: this.length });
  }

  /** A row for the series; returns where its numbers are. */
  protected append(table: Table, head: SeriesHead): number {
    this.#enter(table, 1);
    const row = table.extend(1);
    const { created, labelValues } = head;
    table.ids[row] =
      head.table === undefined
        ? this.#idOf(table, created, labelValues)
        : this.#keptId(table, head);
    return row * table.width;
  }

  /** Rows for the series of a run up to a slot. */
  protected appendRun(table: Table, run: SeriesRun, to: number): void {
    const { from, chunk, at } = run;
    this.#enter(table, to - from);
    const known = knownOf(table, run.table);
    if (!known.hasRun(run.table, from, to)) this.#learn(known, table, run, to);
    const start = table.extend(to - from);
    table.ids.set(known.ids(from, to), start);
    const length = (to - from) * table.width;
    table.numbers.set(chunk.subarray(at, at + length), start * table.width);
  }

  /** Gives ids to all series of a run up to a slot. */
  #learn(known: KnownSeries, table: Table, run: SeriesRun, to: number): void {
    for (let slot = run.from; slot < to; slot += 1) {
      const generation = run.table.generation(slot);
      const created = run.createdAt(slot);
      if (known.get(slot, generation, created) !== undefined) continue;
      const values = run.labelNames.map((_, label) => run.labelValue(slot, label));
      known.set(slot, generation, created, this.#log(table, created, values));
    }
    known.addRun(run.from, to);
  }

  /** What the newest row of a table has besides its numbers. */
  protected extra(table: Table, extra: Extra): void {
    table.extras.push([table.rows - 1, extra]);
  }

  /** Notes that rows of a table follow. */
  #enter(table: Table, rows: number): void {
    if (this.#order.at(-1)?.table !== table) {
      this.#order.push({ table, rows: table.rows, length: this.length });
    }
    this.length += rows;
  }

  #keptId(table: Table, head: SeriesHead): number {
    const known = knownOf(table, head.table!);
    const { slot, tenancy, created } = head;
    const before = known.get(slot, tenancy, created);
    if (before !== undefined) return before;
    const id = this.#log(table, created, head.labelValues);
    known.set(slot, tenancy, created, id);
    return id;
  }

  #idOf(table: Table, created: number, labelValues: readonly string[]): number {
    const key = JSON.stringify([created, ...labelValues]);
    let id = table.byValues.get(key);
    if (id === undefined) {
      id = this.#log(table, created, labelValues);
      table.byValues.set(key, id);
    }
    return id;
  }

  #log(table: Table, created: number, labelValues: readonly string[]): number {
    this.#logged += 1;
    this.#entries.push([table.id, Number.isNaN(created) ? null : created, ...labelValues]);
    return table.logged++;
  }
}

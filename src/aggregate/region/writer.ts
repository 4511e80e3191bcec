import type { PageSink } from "../../exposition/render.ts";
import { type Family, namesOnPage } from "../../model/family.ts";
import type {
  Exemplar,
  HistogramValue,
  SeriesHead,
  StateSetValue,
  SummaryValue,
} from "../../model/sample-sink.ts";
import type { HistogramShape, SeriesRun } from "../../model/series-run.ts";
import { encodeExtra, frame, type LogEntry, reportOf } from "./format.ts";
import type { Extra, Layout } from "./layout.ts";
import { knownOf, NO_TABLE, runsOf, Table } from "./table.ts";

/** Fewer series than this in a log are not worth beginning it anew. */
const MIN_STALE = 1000;

/**
 * A sink that makes a report of what its sources have, for others to read. Definitions and label sets go
 * into a log, each of them once; a report has the numbers.
 */
export class RegionWriter implements PageSink {
  readonly hasLines = true;
  readonly #now: () => number;
  #tables = new Map<string, Table>();
  #byHead = new WeakMap<readonly string[], Map<string, Table>>();
  #entries: LogEntry[] = [];
  #family: Family = NO_TABLE.layout.family;
  /** Whether the current family is on the page, and has no rows so far. */
  #isEmpty = false;
  #logged = 0;
  /** Where the latest value of a gauge counts, by family and labels: the value, and when it changed. */
  readonly #latest = new Map<string, { readonly value: number; readonly time: number }>();
  /** How many rows there are in all tables. */
  length = 0;
  /** The tables in the order of writing, each with the rows that it and all of them had before. */
  #order: { readonly table: Table; readonly rows: number; readonly length: number }[] = [];

  /** Whether nothing of the log has been taken yet. */
  isNew = true;

  /** @param now the time of day in seconds */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** Begins the next report, and the log, too, if most of it is of no use any more. */
  begin(): void {
    if (this.#logged > 2 * this.length + MIN_STALE) this.restart();
    for (const table of this.#tables.values()) {
      table.cut(0);
      table.isListed = false;
    }
    this.#isEmpty = false;
    this.length = 0;
    this.#order = [];
  }

  /** Begins the log anew: everything is written to it again. */
  restart(): void {
    this.#tables.clear();
    this.#byHead = new WeakMap();
    this.#entries = [];
    this.#logged = 0;
    this.isNew = true;
  }

  /** What is to be appended to the log before the report is written; empty if there is nothing. */
  takeLog(): Uint8Array {
    this.#endFamily();
    this.isNew = false;
    return this.#entries.length === 0 ? new Uint8Array() : frame(this.#entries.splice(0));
  }

  /** The report, except for its head, which the caller adds. */
  report(head: object): Uint8Array {
    const tables = [...this.#tables.values()].filter(({ rows, isListed }) => rows > 0 || isListed);
    const blocks = tables.map(({ id, ids, rows, extras }) => ({
      layout: id,
      runs: runsOf(ids, rows),
      ...(extras.length > 0 && { extras: extras.map(([row, extra]) => [row, encodeExtra(extra)]) }),
    }));
    const numbers = tables.map(({ numbers, rows, width }) => numbers.subarray(0, rows * width));
    return reportOf({ ...head, blocks }, numbers);
  }

  truncate(length: number): void {
    this.#isEmpty = false;
    while (this.#order.length > 0 && this.length > length) {
      const { table, rows, length: before } = this.#order.pop()!;
      table.cut(rows);
      this.length = before;
    }
  }

  names(family: Family): string[] {
    return namesOnPage(family);
  }

  labelName(name: string): string {
    return name;
  }

  finish(): Uint8Array {
    return this.report({});
  }

  family(family: Family): void {
    this.#endFamily();
    this.#family = family;
    this.#isEmpty = true;
    this.#byHead = new WeakMap();
    // A family may be truncated alone, so it begins an entry of the order.
    this.#order.push({ table: NO_TABLE, rows: 0, length: this.length });
  }

  numbers(run: SeriesRun): number {
    const { type, aggregate } = this.#family;
    if (aggregate === "last") return run.from;
    return this.#appendRun([], run, type === "counter" ? run.firstExemplar : run.to);
  }

  histograms(run: SeriesRun, { bounds, isNative }: HistogramShape): number {
    return isNative ? run.from : this.#appendRun(bounds, run, run.firstExemplar);
  }

  counter(head: SeriesHead, value: number, exemplar?: Exemplar): void {
    const table = this.#tableOf(head.labelNames, []);
    // Before `numbers` is read, which may be another array then.
    const at = this.#append(table, head);
    table.numbers[at] = value;
    if (exemplar !== undefined) this.#extra(table, { exemplars: [[0, exemplar]] });
  }

  gauge(head: SeriesHead, value: number): void {
    const table = this.#tableOf(head.labelNames, []);
    const at = this.#append(table, head);
    table.numbers[at] = value;
    if (table.width === 2) table.numbers[at + 1] = this.#changedAt(head, value);
  }

  unknown(head: SeriesHead, value: number): void {
    this.gauge(head, value);
  }

  info(head: SeriesHead): void {
    this.#append(this.#tableOf(head.labelNames, []), head);
  }

  stateSet(head: SeriesHead, value: StateSetValue): void {
    const { states } = value;
    const table = this.#tableOf(head.labelNames, states);
    const at = this.#append(table, head);
    for (let i = 0; i < states.length; i += 1) table.numbers[at + i] = Number(value.isSet(i));
  }

  summary(head: SeriesHead, value: SummaryValue): void {
    const { quantiles } = value;
    const table = this.#tableOf(head.labelNames, quantiles);
    const at = this.#append(table, head);
    table.numbers[at] = value.count ?? Number.NaN;
    table.numbers.set(value.sumParts ?? [value.sum ?? Number.NaN, 0], at + 1);
    if (quantiles.length === 0) return;
    const { sketch } = value;
    this.#extra(
      table,
      sketch ? { sketch } : { quantiles: quantiles.map((_, i) => value.quantile(i)) },
    );
  }

  histogram(head: SeriesHead, value: HistogramValue): void {
    const { bounds, native, sum } = value;
    const table = this.#tableOf(head.labelNames, bounds);
    const at = this.#append(table, head);
    const exemplars: (readonly [number, Exemplar])[] = [];
    for (let i = 0; i <= bounds.length; i += 1) {
      table.numbers[at + i] = value.bucketCount(i);
      const exemplar = value.exemplar(i);
      if (exemplar !== undefined) exemplars.push([i, exemplar]);
    }
    table.numbers.set(value.sumParts ?? [sum ?? 0, 0], at + bounds.length + 1);
    if (exemplars.length === 0 && native === undefined && sum !== undefined) return;
    this.#extra(table, {
      ...(exemplars.length > 0 && { exemplars }),
      ...(native !== undefined && { native, nativeCount: value.count }),
      ...(sum === undefined && { hasNoSum: true }),
    });
  }

  #endFamily(): void {
    if (!this.#isEmpty) return;
    this.#isEmpty = false;
    this.#tableFor({ family: this.#family, labelNames: [], shape: [] }).isListed = true;
  }

  #extra(table: Table, extra: Extra): void {
    table.extras.push([table.rows - 1, extra]);
  }

  /** Rows for the series of a run up to a slot, which it returns. */
  #appendRun(shape: Layout["shape"], run: SeriesRun, to: number): number {
    const { from, chunk, at } = run;
    if (to === from) return to;
    const table = this.#tableOf(run.labelNames, shape);
    this.#enter(table, to - from);
    const known = knownOf(table, run.table);
    const start = table.extend(to - from);
    for (let slot = from; slot < to; slot += 1) {
      const generation = run.table.generation(slot);
      const created = run.createdAt(slot);
      if (known.generations[slot] !== generation || known.createds[slot] !== created) {
        known.generations[slot] = generation;
        known.createds[slot] = created;
        const values = run.labelNames.map((_, label) => run.labelValue(slot, label));
        known.ids[slot] = this.#log(table, created, values);
      }
      table.ids[start + slot - from] = known.ids[slot]!;
    }
    const length = (to - from) * table.width;
    table.numbers.set(chunk.subarray(at, at + length), start * table.width);
    return to;
  }

  /** A row for the series; returns where its numbers are. */
  #append(table: Table, head: SeriesHead): number {
    this.#enter(table, 1);
    const row = table.extend(1);
    table.ids[row] = head.table === undefined ? this.#idOf(table, head) : this.#keptId(table, head);
    return row * table.width;
  }

  /** Notes that rows of a table follow. */
  #enter(table: Table, rows: number): void {
    if (this.#order.at(-1)?.table !== table) {
      this.#order.push({ table, rows: table.rows, length: this.length });
    }
    this.length += rows;
    this.#isEmpty = false;
  }

  #keptId(table: Table, head: SeriesHead): number {
    const known = knownOf(table, head.table!);
    const { slot, tenancy, created } = head;
    if (known.generations[slot] !== tenancy || !Object.is(known.createds[slot], created)) {
      known.generations[slot] = tenancy;
      known.createds[slot] = created;
      known.ids[slot] = this.#log(table, created, head.labelValues);
    }
    return known.ids[slot]!;
  }

  #idOf(table: Table, head: SeriesHead): number {
    const key = JSON.stringify([head.created, ...head.labelValues]);
    let id = table.byValues.get(key);
    if (id === undefined) {
      id = this.#log(table, head.created, head.labelValues);
      table.byValues.set(key, id);
    }
    return id;
  }

  #log(table: Table, created: number, labelValues: readonly string[]): number {
    this.#logged += 1;
    this.#entries.push([table.id, Number.isNaN(created) ? null : created, ...labelValues]);
    return table.logged++;
  }

  #tableOf(labelNames: readonly string[], shape: Layout["shape"]): Table {
    let byShape = this.#byHead.get(labelNames);
    if (byShape === undefined) {
      byShape = new Map();
      this.#byHead.set(labelNames, byShape);
    }
    const shapeKey = shape.length === 0 ? "" : shape.join();
    let table = byShape.get(shapeKey);
    if (table === undefined) {
      table = this.#tableFor({
        family: this.#family,
        labelNames: [...labelNames],
        shape: [...shape],
      });
      byShape.set(shapeKey, table);
    }
    return table;
  }

  #tableFor(layout: Layout): Table {
    const key = JSON.stringify(layout);
    let table = this.#tables.get(key);
    if (table === undefined) {
      table = new Table(this.#tables.size, layout);
      this.#tables.set(key, table);
      this.#entries.push(layout);
    }
    return table;
  }

  #changedAt({ labelNames, labelValues }: SeriesHead, value: number): number {
    const key = JSON.stringify([this.#family.name, ...labelNames, ...labelValues]);
    const before = this.#latest.get(key);
    if (before !== undefined && Object.is(before.value, value)) return before.time;
    const time = this.#now();
    this.#latest.set(key, { value, time });
    return time;
  }
}

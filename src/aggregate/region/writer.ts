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
import type { Layout } from "./layout.ts";
import { ReportTables } from "./report-tables.ts";
import { NO_TABLE, type Table } from "./table.ts";

/** A sink that makes a report of what its sources have, for others to read. */
export class RegionWriter extends ReportTables implements PageSink {
  readonly hasLines = true;
  readonly #now: () => number;
  #byHead = new WeakMap<readonly string[], Map<string, Table>>();
  #family: Family = NO_TABLE.layout.family;
  /** Whether the current family is on the page, and has no rows so far. */
  #isEmpty = false;
  /** Where the latest value of a gauge counts, by family and labels: the value, and when it changed. */
  readonly #latest = new Map<string, { readonly value: number; readonly time: number }>();

  /** @param now the time of day in seconds */
  constructor(now: () => number) {
    super();
    this.#now = now;
  }

  override begin(): void {
    super.begin();
    this.#isEmpty = false;
  }

  override restart(): void {
    super.restart();
    this.#byHead = new WeakMap();
  }

  override takeLog(): Uint8Array {
    this.#endFamily();
    return super.takeLog();
  }

  override truncate(length: number): void {
    this.#isEmpty = false;
    super.truncate(length);
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
    this.mark();
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
    if (exemplar !== undefined) this.extra(table, { exemplars: [[0, exemplar]] });
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
    this.extra(
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
    this.extra(table, {
      ...(exemplars.length > 0 && { exemplars }),
      ...(native !== undefined && { native, nativeCount: value.count }),
      ...(sum === undefined && { hasNoSum: true }),
    });
  }

  /** Rows for the series of a run up to a slot, which it returns. */
  #appendRun(shape: Layout["shape"], run: SeriesRun, to: number): number {
    if (to === run.from) return to;
    this.#isEmpty = false;
    this.appendRun(this.#tableOf(run.labelNames, shape), run, to);
    return to;
  }

  #append(table: Table, head: SeriesHead): number {
    this.#isEmpty = false;
    return this.append(table, head);
  }

  #endFamily(): void {
    if (!this.#isEmpty) return;
    this.#isEmpty = false;
    this.tableFor({ family: this.#family, labelNames: [], shape: [] }).isListed = true;
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
      table = this.tableFor({
        family: this.#family,
        labelNames: [...labelNames],
        shape: [...shape],
      });
      byShape.set(shapeKey, table);
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

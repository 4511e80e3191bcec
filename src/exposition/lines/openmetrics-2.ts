import type { Family } from "../../model/family.ts";
import type {
  Exemplar,
  HistogramValue,
  NativeBuckets,
  NativeHistogram,
  SeriesHead,
  SummaryValue,
} from "../../model/sample-sink.ts";
import type { HistogramShape, SeriesRun } from "../../model/series-run.ts";
import { NEWLINE, SPACE } from "../bytes/growing-bytes.ts";
import { writeCompositeLines, writeCounterLines } from "../runs/openmetrics-2.ts";
import { writeExemplar } from "./sample-lines.ts";
import { LineSink } from "./sink.ts";

/**
 * Writes OpenMetrics 2.0 as of its release candidate 0: a sample is named like its family, a
 * histogram or summary is one line, and native histograms are part of it.
 */
export class OpenMetrics2Sink extends LineSink {
  protected readonly format = "openmetrics 2";
  /** What the names of count and sum begin with: those of a gauge histogram differ. */
  private prefix = "";
  private isCounter = false;

  override finish(): Uint8Array {
    this.out.text("# EOF\n");
    return super.finish();
  }

  override family(family: Family): void {
    this.comments(this.beginFamily(family), family, family.type, true);
    this.prefix = family.type === "gaugehistogram" ? "g" : "";
    this.isCounter = family.type === "counter";
  }

  override numbers(run: SeriesRun): number {
    if (!this.isCounter) return super.numbers(run);
    return this.linesOf(run, run.firstExemplar, true, writeCounterLines);
  }

  histograms(run: SeriesRun, { bounds, isNative }: HistogramShape): number {
    const to = isNative ? run.from : run.firstExemplar;
    return writeCompositeLines(this.out, run, to, bounds, this.sample, this.lines.labelsOf(run));
  }

  override counter(head: SeriesHead, value: number, exemplar?: Exemplar): void {
    this.beginSeries(head);
    this.out.number(value);
    this.times(head);
    this.exemplars(exemplar === undefined ? [] : [exemplar]);
  }

  override histogram(head: SeriesHead, value: HistogramValue): void {
    const out = this.out;
    const { bounds, native } = value;
    this.beginSeries(head);
    out.text(`{${this.prefix}count:`);
    out.number(value.count);
    out.text(`,${this.prefix}sum:`);
    out.number(value.sum ?? Number.NaN);
    if (native !== undefined) this.native(native);
    if (native === undefined || bounds.length > 0) this.buckets(value);
    out.text("}");
    if (this.prefix === "") this.times(head);
    else this.timestamp(head);
    this.exemplars(exemplarsOf(value));
  }

  override summary(head: SeriesHead, value: SummaryValue): void {
    const out = this.out;
    this.beginSeries(head);
    out.text("{count:");
    out.number(value.count ?? 0);
    out.text(",sum:");
    out.number(value.sum ?? Number.NaN);
    this.list("quantile", value.quantiles.length, (i) => {
      out.number(value.quantiles[i]!);
      out.text(":");
      out.number(value.quantile(i));
    });
    out.text("}");
    this.times(head);
    this.exemplars([]);
  }

  protected override endLine(head: SeriesHead, value: number): void {
    this.out.number(value);
    this.timestamp(head);
    this.out.byte(NEWLINE);
  }

  private beginSeries(head: SeriesHead): void {
    this.lines.series(head);
    this.lines.beginLine(this.sample);
  }

  private native(native: NativeHistogram): void {
    const out = this.out;
    out.text(`,schema:${native.schema},zero_threshold:`);
    out.number(native.zeroThreshold);
    out.text(",zero_count:");
    out.number(native.zeroCount);
    this.nativeBuckets("negative", native.negative);
    this.nativeBuckets("positive", native.positive);
  }

  private nativeBuckets(sign: string, { spans, counts }: NativeBuckets): void {
    if (counts.length === 0) return;
    const out = this.out;
    this.list(`${sign}_spans`, spans.length, (i) => {
      out.text(`${spans[i]!.offset}:${spans[i]!.length}`);
    });
    this.list(`${sign}_buckets`, counts.length, (i) => out.number(counts[i]!));
  }

  private buckets(value: HistogramValue): void {
    const out = this.out;
    let count = 0;
    this.list("bucket", value.bounds.length + 1, (i) => {
      count += value.bucketCount(i);
      out.number(value.bounds[i] ?? Number.POSITIVE_INFINITY);
      out.text(":");
      out.number(count);
    });
  }

  private list(name: string, length: number, write: (i: number) => void): void {
    const out = this.out;
    out.text(`,${name}:[`);
    for (let i = 0; i < length; i += 1) {
      if (i > 0) out.text(",");
      write(i);
    }
    out.text("]");
  }

  private times(head: SeriesHead): void {
    this.timestamp(head);
    if (Number.isNaN(head.created)) return;
    this.out.text(" st@");
    this.out.number(head.created);
  }

  private timestamp(head: SeriesHead): void {
    if (Number.isNaN(head.timestamp)) return;
    this.out.byte(SPACE);
    this.out.number(head.timestamp);
  }

  /** The rest of a line: its exemplars. */
  private exemplars(exemplars: readonly Exemplar[]): void {
    for (const exemplar of exemplars) {
      // The format wants a timestamp on each.
      if (!Number.isNaN(exemplar.timestamp)) writeExemplar(this.out, exemplar, this.scheme);
    }
    this.out.byte(NEWLINE);
  }
}

/** A native histogram's own exemplars, else those of the classic buckets. */
function exemplarsOf(value: HistogramValue): readonly Exemplar[] {
  if (value.native !== undefined && value.native.exemplars.length > 0)
    return value.native.exemplars;
  const exemplars: Exemplar[] = [];
  for (let i = 0; i <= value.bounds.length; i += 1) {
    const exemplar = value.exemplar(i);
    if (exemplar !== undefined) exemplars.push(exemplar);
  }
  return exemplars;
}

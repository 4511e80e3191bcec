import { type EscapingScheme, escapeLabelName, escapeMetricName } from "../../model/escaping.ts";
import { exposedName, type Family, namesOnPage } from "../../model/family.ts";
import { isLegacyMetricName } from "../../model/names.ts";
import type {
  Exemplar,
  HistogramValue,
  SeriesHead,
  StateSetValue,
  SummaryValue,
} from "../../model/sample-sink.ts";
import type { HistogramShape, SeriesRun } from "../../model/series-run.ts";
import { NEWLINE, TextBytes } from "../bytes/growing-bytes.ts";
import type { PageOptions, PageSink } from "../render.ts";
import type { KeptLines } from "../runs/kept-lines.ts";
import type { PageMemory } from "../runs/page-memory.ts";
import { type PartNames, writeHistogramLines, writeNumberLines } from "../runs/text.ts";
import {
  bucketLabels,
  quantileLabels,
  quotedIfNeeded,
  SampleLines,
  type SampleName,
  sampleName,
  stateLabels,
} from "./sample-lines.ts";

/** What the formats of lines share: comments that begin a family, and samples of one number. */
export abstract class LineSink implements PageSink {
  protected readonly out: TextBytes;
  protected readonly scheme: EscapingScheme;
  protected readonly lines: SampleLines;
  /** The name of samples that the type adds nothing to. */
  protected sample: SampleName = NAMELESS;
  private stateLabel = "";
  private readonly memory: PageMemory | undefined;
  /** The lines of the family that are kept, undefined if none are to be; null until they are asked for. */
  private keptLines: KeptLines | undefined | null = null;

  constructor({ capacity, buffer, escaping, memory }: PageOptions) {
    this.memory = memory;
    this.out = new TextBytes(capacity, buffer);
    this.scheme = escaping;
    this.lines = new SampleLines(this.out, escaping);
  }

  get length(): number {
    return this.out.length;
  }

  truncate(length: number): void {
    this.out.truncate(length);
  }

  finish(): Uint8Array {
    return this.out.finish();
  }

  names(family: Family): string[] {
    return namesOnPage(family).map((name) => escapeMetricName(name, this.scheme));
  }

  labelName(name: string): string {
    return escapeLabelName(name, this.scheme);
  }

  abstract family(family: Family): void;

  /** Tells apart the lines that are kept. */
  protected abstract readonly format: string;

  /** @returns the name of the family's samples, escaped */
  protected beginFamily(family: Family): string {
    const exposed = escapeMetricName(exposedName(family), this.scheme);
    this.lines.reset();
    this.keptLines = null;
    this.sample = sampleName(exposed);
    this.stateLabel = escapeLabelName(family.name, this.scheme);
    return exposed;
  }

  protected comments(
    name: string,
    { help, unit }: { readonly help: string; readonly unit?: string | undefined },
    type: string,
    quotesInHelp: boolean,
  ): void {
    const { out } = this;
    const quoted = quotedIfNeeded(name, isLegacyMetricName);
    if (help !== "") {
      out.text(`# HELP ${quoted} `);
      out.escaped(help, quotesInHelp);
      out.byte(NEWLINE);
    }
    out.text(`# TYPE ${quoted} ${type}\n`);
    if (unit) out.text(`# UNIT ${quoted} ${unit}\n`);
  }

  counter(head: SeriesHead, value: number, _exemplar?: Exemplar): void {
    this.single(head, value);
  }

  gauge(head: SeriesHead, value: number): void {
    this.single(head, value);
  }

  unknown(head: SeriesHead, value: number): void {
    this.single(head, value);
  }

  info(head: SeriesHead): void {
    this.single(head, 1);
  }

  stateSet(head: SeriesHead, value: StateSetValue): void {
    this.lines.series(head);
    stateLabels(this.stateLabel, value.states).forEach((label, i) => {
      this.lines.beginLineWith(this.sample, label);
      this.endLine(head, value.isSet(i) ? 1 : 0);
    });
  }

  numbers(run: SeriesRun): number {
    return this.numberLines(run, run.to);
  }

  /** Writes series of a run up to the slot `to`; returns the first slot that it has not written. */
  protected numberLines(run: SeriesRun, to: number): number {
    return this.linesOf(run, to, false, writeNumberLines);
  }

  /**
   * Writes a line for each series up to the slot `to`, from what is kept of the last page if something is; returns the
   * first slot that it has not written.
   */
  protected linesOf(
    run: SeriesRun,
    to: number,
    tellStarts: boolean,
    write: typeof writeNumberLines,
  ): number {
    const { out, sample } = this;
    if (this.keptLines === null) {
      this.keptLines = this.memory?.linesOf(run, this.format, this.scheme, tellStarts);
      this.lines.begin(run);
    }
    const copied = this.keptLines?.write(out, run, to) ?? run.from;
    if (copied > run.from) return copied;
    const begin = out.length;
    const isFirst = this.keptLines?.isFirst ?? false;
    const labels = isFirst ? this.lines.labelsOnce(run, to) : this.lines.labelsOf(run);
    const written = write(out, run, to, sample, labels);
    const { length } = run.labelNames.length === 0 ? sample.alone : sample.open;
    const isKept = this.keptLines?.keep(out, begin, run, written, length, labels);
    // A line has the labels.
    if (isKept) this.lines.begin(run).drop(run.from);
    return written;
  }

  abstract histogram(head: SeriesHead, value: HistogramValue): void;

  abstract summary(head: SeriesHead, value: SummaryValue): void;

  private single(head: SeriesHead, value: number): void {
    this.lines.series(head);
    this.lines.beginLine(this.sample);
    this.endLine(head, value);
  }

  /** Writes the rest of a line: value, timestamp, an exemplar where the format has them, newline. */
  protected abstract endLine(head: SeriesHead, value: number, exemplar?: Exemplar): void;
}

const NAMELESS = sampleName("");

/** Formats in which a histogram or summary has a line for each of its numbers. */
export abstract class BucketedSink extends LineSink {
  readonly hasLines = true;
  private parts: PartNames | undefined;

  /** @param infix what stands before `sum` and `count` */
  protected nameParts(name: string, infix: "_" | "_g"): void {
    this.parts = {
      bucket: sampleName(`${name}_bucket`),
      sum: sampleName(`${name}${infix}sum`),
      count: sampleName(`${name}${infix}count`),
    };
  }

  override histogram(head: SeriesHead, value: HistogramValue): void {
    this.lines.series(head);
    const { bucket } = this.parts!;
    const labels = bucketLabels(value.bounds);
    let count = 0;
    for (let i = 0; i < labels.length; i += 1) {
      count += value.bucketCount(i);
      this.lines.beginLineWith(bucket, labels[i]!);
      this.endLine(head, count, value.exemplar(i));
    }
    if (this.hasTotals(value)) this.totals(head, value.sum, count);
  }

  histograms(run: SeriesRun, { bounds }: HistogramShape): number {
    return this.histogramLines(run, run.to, bounds, true);
  }

  /** Writes series of a run up to the slot `to`; returns the first slot that it has not written. */
  protected histogramLines(
    run: SeriesRun,
    to: number,
    bounds: readonly number[],
    hasTotals: boolean,
  ): number {
    const labels = this.lines.labelsOf(run);
    const own = bucketLabels(bounds);
    return writeHistogramLines(this.out, run, to, this.parts!, labels, own, hasTotals);
  }

  override summary(head: SeriesHead, value: SummaryValue): void {
    this.lines.series(head);
    quantileLabels(value.quantiles).forEach((label, i) => {
      this.lines.beginLineWith(this.sample, label);
      this.endLine(head, value.quantile(i));
    });
    this.totals(head, value.sum, value.count);
  }

  /** Whether a histogram has lines for its sum and count. */
  protected hasTotals(value: HistogramValue): boolean {
    return value.sum !== undefined;
  }

  private totals(head: SeriesHead, sum: number | undefined, count: number | undefined): void {
    if (sum !== undefined) {
      this.lines.beginLine(this.parts!.sum);
      this.endLine(head, sum);
    }
    if (count !== undefined) {
      this.lines.beginLine(this.parts!.count);
      this.endLine(head, count);
    }
  }
}

import { type EscapingScheme, escapeLabelName, escapeMetricName } from "../../model/escaping.ts";
import { exposedName, type Family, type MetricType, namesOnPage } from "../../model/family.ts";
import type {
  Exemplar,
  HistogramValue,
  SeriesHead,
  StateSetValue,
  SummaryValue,
} from "../../model/sample-sink.ts";
import type { HistogramShape, SeriesRun } from "../../model/series-run.ts";
import type { PageOptions, PageSink } from "../render.ts";
import { type Encoder, type KeptBytes, type KeptChunk, keptBytesOf } from "../runs/kept-bytes.ts";
import { writeHistogramMetrics, writeNumberMetrics } from "../runs/protobuf.ts";
import { DOUBLE_WIDTH, ProtobufBytes } from "./bytes.ts";
import { writeHistogram } from "./histogram.ts";
import {
  COUNTER,
  HISTOGRAM,
  isWholeBelow,
  MAX_COUNT,
  METRIC,
  METRIC_FAMILY,
  QUANTILE,
  SUMMARY,
  writeExemplar,
  writeLabelPair,
  writeTimestamp,
} from "./messages.ts";

const NONE = -1;

/** The numbers of MetricType, and a metric's field of that type; info and state sets are gauges. */
const TYPES: { readonly [Type in MetricType]: readonly [type: number, tag: number] } = {
  counter: [0, METRIC.counter],
  gauge: [1, METRIC.gauge],
  info: [1, METRIC.gauge],
  stateset: [1, METRIC.gauge],
  summary: [2, METRIC.summary],
  unknown: [3, METRIC.untyped],
  histogram: [4, METRIC.histogram],
  gaugehistogram: [5, METRIC.histogram],
};

/** Writes MetricFamily messages of io.prometheus.client, each with its length before it. */
export class ProtobufSink implements PageSink {
  private readonly out: ProtobufBytes;
  private readonly scheme: EscapingScheme;
  private current: Family | undefined;
  /** The field of a metric that has its value. */
  private tag = METRIC.gauge;
  /** Where the message of the family begins; NONE until it has a series. */
  private begin = NONE;
  private labelNames: readonly string[] = [];
  private escapedNames: readonly string[] = [];
  /** What is kept of a table: label pairs, and metrics of one number up to the number itself. */
  private labels: KeptBytes | undefined;
  private kept: KeptBytes | undefined;
  private readonly buffer = new ProtobufBytes();
  private readonly labelEncoder: Encoder = (out, run, slot) =>
    out.append(this.encodeLabels(run, slot));
  private readonly numberEncoder: Encoder = (out, run, slot) =>
    out.append(this.encodeNumber(run, slot));
  /** How many bytes the lengths of the last series took: those of the next are mostly alike. */
  private metricWidth = 1;
  private histogramWidth = 1;

  constructor({ capacity, buffer, escaping }: PageOptions) {
    this.out = new ProtobufBytes(capacity, buffer);
    this.scheme = escaping;
  }

  get length(): number {
    return this.out.length;
  }

  truncate(length: number): void {
    this.out.truncate(length);
    if (this.begin > length) this.begin = NONE;
  }

  finish(): Uint8Array {
    this.endFamily();
    return this.out.finish();
  }

  names(family: Family): string[] {
    return namesOnPage(family).map((name) => escapeMetricName(name, this.scheme));
  }

  labelName(name: string): string {
    return escapeLabelName(name, this.scheme);
  }

  family(family: Family): void {
    this.endFamily();
    this.current = family;
    this.tag = TYPES[family.type][1];
  }

  counter(head: SeriesHead, value: number, exemplar?: Exemplar): void {
    this.number(head, value, exemplar);
  }

  gauge(head: SeriesHead, value: number): void {
    this.number(head, value);
  }

  unknown(head: SeriesHead, value: number): void {
    this.number(head, value);
  }

  info(head: SeriesHead): void {
    this.number(head, 1);
  }

  stateSet(head: SeriesHead, value: StateSetValue): void {
    const name = escapeLabelName(this.current!.name, this.scheme);
    value.states.forEach((state, i) => {
      const metric = this.open(head);
      writeLabelPair(this.out, METRIC.label, name, state);
      this.writeNumber(this.out, head.created, value.isSet(i) ? 1 : 0);
      this.close(metric, head);
    });
  }

  histogram(head: SeriesHead, value: HistogramValue): void {
    const metric = this.open(head);
    const histogram = this.out.open(this.tag, this.histogramWidth);
    writeHistogram(this.out, value, this.scheme);
    if (this.current!.type === "histogram") {
      writeTimestamp(this.out, HISTOGRAM.created, head.created);
    }
    this.histogramWidth = this.out.close(histogram, this.histogramWidth);
    this.close(metric, head);
  }

  summary(head: SeriesHead, value: SummaryValue): void {
    const out = this.out;
    const { count, sum, quantiles } = value;
    const metric = this.open(head);
    const summary = out.open(this.tag);
    // There is no field for a count that is not whole.
    if (count !== undefined && isWholeBelow(MAX_COUNT, count)) out.uint(SUMMARY.count, count);
    if (sum !== undefined) out.double(SUMMARY.sum, sum);
    for (let i = 0; i < quantiles.length; i += 1) {
      const quantile = out.open(SUMMARY.quantile);
      out.double(QUANTILE.quantile, quantiles[i]!);
      out.double(QUANTILE.value, value.quantile(i));
      out.close(quantile);
    }
    writeTimestamp(out, SUMMARY.created, head.created);
    out.close(summary);
    this.close(metric, head);
  }

  numbers(run: SeriesRun): number {
    const to = run.firstExemplar;
    if (this.begin === NONE) this.openFamily();
    this.kept ??= keptBytesOf(run, `protobuf metrics ${this.tag}`, this.scheme, true);
    return writeNumberMetrics(
      this.out,
      run,
      to,
      this.kept.chunk(run.from, run, this.numberEncoder),
    );
  }

  histograms(run: SeriesRun, { bounds, isNative }: HistogramShape): number {
    const to = isNative ? run.from : run.firstExemplar;
    if (this.begin === NONE) this.openFamily();
    return writeHistogramMetrics(this.out, run, to, bounds, this.labelsOf(run, run.from));
  }

  private number(head: SeriesHead, value: number, exemplar?: Exemplar): void {
    const metric = this.open(head);
    this.writeNumber(this.out, head.created, value, exemplar);
    this.close(metric, head);
  }

  /** Encodes a metric of one number, without the number's bytes, which come last. */
  private encodeNumber(run: SeriesRun, slot: number): ProtobufBytes {
    const out = this.buffer;
    out.truncate(0);
    const metric = out.open(METRIC_FAMILY.metric);
    this.writeLabels(out, run.labelNames, (label) => run.labelValue(slot, label));
    this.writeNumber(out, run.createdAt(slot), 0);
    out.close(metric);
    out.truncate(out.length - DOUBLE_WIDTH);
    return out;
  }

  private encodeLabels(run: SeriesRun, slot: number): ProtobufBytes {
    this.buffer.truncate(0);
    this.writeLabels(this.buffer, run.labelNames, (label) => run.labelValue(slot, label));
    return this.buffer;
  }

  private labelsOf(run: SeriesRun, slot: number): KeptChunk {
    this.labels ??= keptBytesOf(run, "protobuf labels", this.scheme);
    return this.labels.chunk(slot, run, this.labelEncoder);
  }

  private writeLabels(
    out: ProtobufBytes,
    labelNames: readonly string[],
    value: (label: number) => string,
  ): void {
    if (labelNames !== this.labelNames) {
      this.labelNames = labelNames;
      this.escapedNames = labelNames.map((name) => escapeLabelName(name, this.scheme));
    }
    for (let i = 0; i < labelNames.length; i += 1) {
      writeLabelPair(out, METRIC.label, this.escapedNames[i]!, value(i));
    }
  }

  /** Writes a Counter, Gauge or Untyped. */
  private writeNumber(
    out: ProtobufBytes,
    created: number,
    value: number,
    exemplar?: Exemplar,
  ): void {
    const begin = out.open(this.tag);
    if (exemplar !== undefined) writeExemplar(out, COUNTER.exemplar, exemplar, this.scheme);
    if (this.tag === METRIC.counter) writeTimestamp(out, COUNTER.created, created);
    out.double(COUNTER.value, value);
    out.close(begin);
  }

  /** Begins a series: a Metric with its labels. */
  private open(head: SeriesHead): number {
    if (this.begin === NONE) this.openFamily();
    const metric = this.out.open(METRIC_FAMILY.metric, this.metricWidth);
    const { run, slot, labelNames, labelValues } = head;
    if (run === undefined) {
      this.writeLabels(this.out, labelNames, (label) => labelValues[label]!);
    } else {
      const { view, first, starts } = this.labelsOf(run, slot);
      const start = starts[slot - first]!;
      this.out.copy(view, start, starts[slot - first + 1]! - start);
    }
    return metric;
  }

  private close(metric: number, head: SeriesHead): void {
    if (!Number.isNaN(head.timestamp)) {
      const ms = Math.round(head.timestamp * 1000);
      if (Number.isSafeInteger(ms)) this.out.int(METRIC.timestampMs, ms);
    }
    this.metricWidth = this.out.close(metric, this.metricWidth);
  }

  private openFamily(): void {
    const out = this.out;
    const family = this.current!;
    this.begin = out.openDelimited();
    out.string(METRIC_FAMILY.name, escapeMetricName(exposedName(family), this.scheme));
    out.string(METRIC_FAMILY.help, family.help);
    out.uint(METRIC_FAMILY.type, TYPES[family.type][0]);
    if (family.unit !== undefined) out.string(METRIC_FAMILY.unit, family.unit);
  }

  private endFamily(): void {
    if (this.begin !== NONE) this.out.closeDelimited(this.begin);
    this.begin = NONE;
    this.labels = undefined;
    this.kept = undefined;
  }
}

import { type EscapingScheme, escapeLabelName, escapeMetricName } from "../model/escaping.ts";
import type { Exemplar } from "../model/exemplar.ts";
import { exposedName, type Family, type MetricType } from "../model/family.ts";
import { isLegacyLabelName } from "../model/names.ts";
import type {
  HistogramValue,
  SeriesHead,
  StateSetValue,
  SummaryValue,
} from "../model/sample-sink.ts";
import type { PageSink } from "./page-sink.ts";
import { writeExemplar, writeLabelPair, writeTimestamp } from "./protobuf-exemplar.ts";
import { COUNTER, HISTOGRAM, METRIC, METRIC_FAMILY, QUANTILE, SUMMARY } from "./protobuf-fields.ts";
import { isWholeBelow, MAX_COUNT, writeHistogram } from "./protobuf-histogram.ts";
import { DOUBLE_WIDTH, ProtobufWriter } from "./protobuf-writer.ts";
import { type SeriesBytes, seriesBytesOf } from "./series-bytes.ts";

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

export function newProtobufPage(capacity: number, scheme: EscapingScheme): ProtobufSink {
  return new ProtobufSink(new ProtobufWriter(capacity), scheme);
}

/** Writes MetricFamily messages of io.prometheus.client, each with its length before it. */
export class ProtobufSink implements PageSink {
  readonly #out: ProtobufWriter;
  readonly #scheme: EscapingScheme;
  #family: Family | undefined;
  /** The field of a metric that has its value. */
  #tag = METRIC.gauge;
  /** Where the message of the family begins, once it has a series. */
  #begin = NONE;
  #labelNames: readonly string[] = [];
  #escapedNames: readonly string[] = [];
  #table: object | undefined;
  /** What the table keeps: label pairs, and metrics of one number up to the number itself. */
  #labels: SeriesBytes | undefined;
  #numbers: SeriesBytes | undefined;
  /** What the lengths of the last series needed: those of the next are mostly alike. */
  #metricWidth = 1;
  #histogramWidth = 1;

  constructor(out: ProtobufWriter, scheme: EscapingScheme) {
    this.#out = out;
    this.#scheme = scheme;
  }

  get length(): number {
    return this.#out.length;
  }

  truncate(length: number): void {
    this.#out.truncate(length);
    if (this.#begin > length) this.#begin = NONE;
  }

  finish(): Uint8Array {
    this.#endFamily();
    return this.#out.finish();
  }

  family(family: Family): void {
    this.#endFamily();
    this.#family = family;
    this.#tag = TYPES[family.type][1];
  }

  counter(head: SeriesHead, value: number, exemplar?: Exemplar): void {
    this.#number(head, value, exemplar);
  }

  gauge(head: SeriesHead, value: number): void {
    this.#number(head, value);
  }

  unknown(head: SeriesHead, value: number): void {
    this.#number(head, value);
  }

  info(head: SeriesHead): void {
    this.#number(head, 1);
  }

  stateSet(head: SeriesHead, value: StateSetValue): void {
    const name = escapeLabelName(this.#family!.name, this.#scheme);
    value.states.forEach((state, i) => {
      const metric = this.#open(head);
      writeLabelPair(this.#out, METRIC.label, name, state);
      this.#writeNumber(this.#out, head, value.isSet(i) ? 1 : 0);
      this.#close(metric, head);
    });
  }

  histogram(head: SeriesHead, value: HistogramValue): void {
    const metric = this.#open(head);
    const histogram = this.#out.open(this.#tag, this.#histogramWidth);
    writeHistogram(this.#out, value, this.#scheme);
    if (this.#family!.type === "histogram") {
      writeTimestamp(this.#out, HISTOGRAM.created, head.created);
    }
    this.#histogramWidth = this.#out.close(histogram, this.#histogramWidth);
    this.#close(metric, head);
  }

  summary(head: SeriesHead, value: SummaryValue): void {
    const out = this.#out;
    const { count, sum, quantiles } = value;
    const metric = this.#open(head);
    const summary = out.open(this.#tag);
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
    this.#close(metric, head);
  }

  #number(head: SeriesHead, value: number, exemplar?: Exemplar): void {
    if (head.table === undefined || exemplar !== undefined || !Number.isNaN(head.timestamp)) {
      const metric = this.#open(head);
      this.#writeNumber(this.#out, head, value, exemplar);
      this.#close(metric, head);
      return;
    }
    if (this.#begin === NONE) this.#openFamily();
    if (head.table !== this.#table) this.#enter(head.table);
    this.#numbers ??= this.#kept("numbers", head);
    this.#numbers.write(this.#out, head, this.#encodeNumber);
    this.#out.untaggedDouble(value);
  }

  /** A metric of one number, without the number's bytes, which come last. */
  readonly #encodeNumber = (out: ProtobufWriter, head: SeriesHead): void => {
    const metric = out.open(METRIC_FAMILY.metric);
    this.#encodeLabels(out, head);
    this.#writeNumber(out, head, 0);
    out.close(metric);
    out.truncate(out.length - DOUBLE_WIDTH);
  };

  readonly #encodeLabels = (out: ProtobufWriter, head: SeriesHead): void => {
    const { labelNames, labelValues } = head;
    if (labelNames !== this.#labelNames) {
      this.#labelNames = labelNames;
      this.#escapedNames = labelNames.map((name) => escapeLabelName(name, this.#scheme));
    }
    for (let i = 0; i < labelNames.length; i += 1) {
      writeLabelPair(out, METRIC.label, this.#escapedNames[i]!, labelValues[i]!);
    }
  };

  /** Writes a Counter, Gauge or Untyped. */
  #writeNumber(out: ProtobufWriter, head: SeriesHead, value: number, exemplar?: Exemplar): void {
    const begin = out.open(this.#tag);
    if (exemplar !== undefined) writeExemplar(out, COUNTER.exemplar, exemplar, this.#scheme);
    if (this.#tag === METRIC.counter) writeTimestamp(out, COUNTER.created, head.created);
    out.double(COUNTER.value, value);
    out.close(begin);
  }

  /** Begins a series: a Metric with its labels. */
  #open(head: SeriesHead): number {
    if (this.#begin === NONE) this.#openFamily();
    const metric = this.#out.open(METRIC_FAMILY.metric, this.#metricWidth);
    if (head.table === undefined) {
      this.#encodeLabels(this.#out, head);
      return metric;
    }
    if (head.table !== this.#table) this.#enter(head.table);
    this.#labels ??= this.#kept("labels", head);
    this.#labels.write(this.#out, head, this.#encodeLabels);
    return metric;
  }

  #close(metric: number, head: SeriesHead): void {
    if (!Number.isNaN(head.timestamp)) {
      const ms = Math.round(head.timestamp * 1000);
      if (Number.isSafeInteger(ms)) this.#out.int(METRIC.timestampMs, ms);
    }
    this.#metricWidth = this.#out.close(metric, this.#metricWidth);
  }

  #openFamily(): void {
    const out = this.#out;
    const family = this.#family!;
    this.#begin = out.openDelimited();
    out.string(METRIC_FAMILY.name, escapeMetricName(exposedName(family), this.#scheme));
    out.string(METRIC_FAMILY.help, family.help);
    out.uint(METRIC_FAMILY.type, TYPES[family.type][0]);
    if (family.unit !== undefined) out.string(METRIC_FAMILY.unit, family.unit);
  }

  #enter(table: object): void {
    this.#leave();
    this.#table = table;
  }

  #kept(what: string, head: SeriesHead): SeriesBytes {
    // Most names look the same under every scheme, and share one set of bytes.
    const scheme = head.labelNames.every(isLegacyLabelName) ? "" : this.#scheme;
    const bytes = seriesBytesOf(head.table as object, `${what} ${scheme}`);
    bytes.begin();
    return bytes;
  }

  #leave(): void {
    this.#labels?.end();
    this.#numbers?.end();
    this.#labels = undefined;
    this.#numbers = undefined;
    this.#table = undefined;
  }

  #endFamily(): void {
    if (this.#begin !== NONE) this.#out.closeDelimited(this.#begin);
    this.#begin = NONE;
    this.#leave();
  }
}

import { type EscapingScheme, escapeLabelName, escapeMetricName } from "../model/escaping.ts";
import { exposedName, type Family, type MetricType } from "../model/family.ts";
import { isLegacyMetricName } from "../model/names.ts";
import type {
  HistogramValue,
  SeriesHead,
  StateSetValue,
  SummaryValue,
} from "../model/sample-sink.ts";
import type { ByteWriter } from "./byte-writer.ts";
import { quotedIfNeeded } from "./label-texts.ts";
import type { PageSink } from "./page-sink.ts";
import {
  bucketLabels,
  quantileLabels,
  SampleLines,
  type SampleName,
  sampleName,
  stateLabels,
} from "./sample-lines.ts";

const NEWLINE = 0x0a;
const SPACE = 0x20;

/** The nearest type that the text format knows. */
const TEXT_TYPES: { readonly [Type in MetricType]: string } = {
  counter: "counter",
  gauge: "gauge",
  histogram: "histogram",
  gaugehistogram: "histogram",
  summary: "summary",
  info: "gauge",
  stateset: "gauge",
  unknown: "untyped",
};

/**
 * Writes Prometheus's own text format: 0.0.4, which every Prometheus reads, or, where names are not
 * escaped, 1.0.0, which is the same with UTF-8 names in quotes.
 */
export class TextSink implements PageSink {
  readonly #out: ByteWriter;
  readonly #scheme: EscapingScheme;
  readonly #lines: SampleLines;
  #name = "";
  #stateLabel = "";
  #sample: SampleName | undefined;
  #bucket: SampleName | undefined;
  #sum: SampleName | undefined;
  #count: SampleName | undefined;

  constructor(out: ByteWriter, scheme: EscapingScheme) {
    this.#out = out;
    this.#scheme = scheme;
    this.#lines = new SampleLines(out, scheme);
  }

  get length(): number {
    return this.#out.length;
  }

  truncate(length: number): void {
    this.#out.truncate(length);
  }

  finish(): Uint8Array {
    return this.#out.finish();
  }

  family(family: Family): void {
    const out = this.#out;
    const name = escapeMetricName(exposedName(family), this.#scheme);
    const quoted = quotedIfNeeded(name, isLegacyMetricName);
    if (family.help !== "") {
      out.text(`# HELP ${quoted} `);
      out.escaped(family.help, false);
      out.byte(NEWLINE);
    }
    out.text(`# TYPE ${quoted} ${TEXT_TYPES[family.type]}\n`);
    this.#lines.reset();
    this.#name = name;
    this.#stateLabel = escapeLabelName(family.name, this.#scheme);
    this.#sample = sampleName(name);
    this.#bucket = undefined;
  }

  counter(head: SeriesHead, value: number): void {
    this.#single(head, value);
  }

  gauge(head: SeriesHead, value: number): void {
    this.#single(head, value);
  }

  unknown(head: SeriesHead, value: number): void {
    this.#single(head, value);
  }

  info(head: SeriesHead): void {
    this.#single(head, 1);
  }

  histogram(head: SeriesHead, value: HistogramValue): void {
    this.#nameParts();
    this.#lines.series(head);
    const labels = bucketLabels(value.bounds);
    let count = 0;
    for (let i = 0; i < labels.length; i += 1) {
      count += value.bucketCount(i);
      this.#lines.beginWith(this.#bucket!, labels[i]!);
      this.#end(head, count);
    }
    if (value.sum !== undefined) this.#totals(head, value.sum, count);
  }

  summary(head: SeriesHead, value: SummaryValue): void {
    this.#nameParts();
    this.#lines.series(head);
    quantileLabels(value.quantiles).forEach((label, i) => {
      this.#lines.beginWith(this.#sample!, label);
      this.#end(head, value.quantile(i));
    });
    this.#totals(head, value.sum, value.count);
  }

  stateSet(head: SeriesHead, value: StateSetValue): void {
    this.#lines.series(head);
    stateLabels(this.#stateLabel, value.states).forEach((label, i) => {
      this.#lines.beginWith(this.#sample!, label);
      this.#end(head, value.isSet(i) ? 1 : 0);
    });
  }

  #single(head: SeriesHead, value: number): void {
    this.#lines.series(head);
    this.#lines.begin(this.#sample!);
    this.#end(head, value);
  }

  #totals(head: SeriesHead, sum: number | undefined, count: number | undefined): void {
    if (sum !== undefined) {
      this.#lines.begin(this.#sum!);
      this.#end(head, sum);
    }
    if (count !== undefined) {
      this.#lines.begin(this.#count!);
      this.#end(head, count);
    }
  }

  #end(head: SeriesHead, value: number): void {
    const out = this.#out;
    out.number(value);
    if (!Number.isNaN(head.timestamp)) {
      out.byte(SPACE);
      out.number(Math.round(head.timestamp * 1000));
    }
    out.byte(NEWLINE);
  }

  #nameParts(): void {
    if (this.#bucket !== undefined) return;
    this.#bucket = sampleName(`${this.#name}_bucket`);
    this.#sum = sampleName(`${this.#name}_sum`);
    this.#count = sampleName(`${this.#name}_count`);
  }
}

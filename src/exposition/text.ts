import type { Family, MetricType } from "../model/family.ts";
import { underscored } from "../model/names.ts";
import type {
  HistogramValue,
  SampleSink,
  SeriesHead,
  StateSetValue,
  SummaryValue,
} from "../model/sample-sink.ts";
import { formatBound } from "./bound.ts";
import type { ByteWriter } from "./byte-writer.ts";

export const TEXT_CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

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

/** Writes the text format 0.0.4, which every Prometheus reads. */
export class TextSink implements SampleSink {
  readonly #out: ByteWriter;
  #name = "";
  #bounds: readonly number[] = [];
  #boundTexts: string[] = [];

  constructor(out: ByteWriter) {
    this.#out = out;
  }

  family(family: Family): void {
    const out = this.#out;
    this.#name = underscored(family.name);
    if (family.type === "info") this.#name += "_info";
    const exposed = family.type === "counter" ? `${this.#name}_total` : this.#name;
    out.text(`# HELP ${exposed} `);
    out.escaped(family.help, false);
    out.text(`\n# TYPE ${exposed} ${TEXT_TYPES[family.type]}\n`);
  }

  counter(head: SeriesHead, value: number): void {
    this.#sample("_total", head, value);
  }

  gauge(head: SeriesHead, value: number): void {
    this.#sample("", head, value);
  }

  histogram(head: SeriesHead, value: HistogramValue): void {
    const texts = this.#textsOf(value.bounds);
    let count = 0;
    for (let i = 0; i < texts.length; i += 1) {
      count += value.bucketCount(i);
      this.#sample("_bucket", head, count, "le", texts[i]);
    }
    if (value.sum === undefined) return;
    this.#sample("_sum", head, value.sum);
    this.#sample("_count", head, count);
  }

  summary(head: SeriesHead, value: SummaryValue): void {
    value.quantiles.forEach((quantile, i) => {
      this.#sample("", head, value.quantile(i), "quantile", formatBound(quantile));
    });
    if (value.sum !== undefined) this.#sample("_sum", head, value.sum);
    if (value.count !== undefined) this.#sample("_count", head, value.count);
  }

  info(head: SeriesHead): void {
    this.#sample("", head, 1);
  }

  stateSet(head: SeriesHead, value: StateSetValue): void {
    value.states.forEach((state, i) => {
      this.#sample("", head, value.isSet(i) ? 1 : 0, this.#name, state);
    });
  }

  unknown(head: SeriesHead, value: number): void {
    this.#sample("", head, value);
  }

  /** One line; `ownName` and `ownValue` are the label that the type itself adds. */
  #sample(
    suffix: string,
    head: SeriesHead,
    value: number,
    ownName?: string,
    ownValue?: string,
  ): void {
    const out = this.#out;
    out.text(this.#name);
    out.text(suffix);
    this.#labels(head, ownName, ownValue);
    out.text(" ");
    out.number(value);
    out.text("\n");
  }

  #labels(head: SeriesHead, ownName: string | undefined, ownValue = ""): void {
    const out = this.#out;
    const { labelNames, labelValues } = head;
    if (labelNames.length === 0 && ownName === undefined) return;
    let separator = "{";
    for (let i = 0; i < labelNames.length; i += 1) {
      out.text(`${separator}${underscored(labelNames[i]!)}="`);
      out.escaped(labelValues[i]!, true);
      out.text('"');
      separator = ",";
    }
    if (ownName !== undefined) {
      out.text(`${separator}${ownName}="`);
      out.escaped(ownValue, true);
      out.text('"');
    }
    out.text("}");
  }

  /** The bounds as label values, formatted once a family. */
  #textsOf(bounds: readonly number[]): string[] {
    if (bounds !== this.#bounds || this.#boundTexts.length === 0) {
      this.#bounds = bounds;
      this.#boundTexts = [...bounds.map(formatBound), "+Inf"];
    }
    return this.#boundTexts;
  }
}

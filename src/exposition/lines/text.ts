import type { Family, MetricType } from "../../model/family.ts";
import type { SeriesHead } from "../../model/sample-sink.ts";
import { NEWLINE, SPACE } from "../bytes/growing-bytes.ts";
import { BucketedSink } from "./sink.ts";

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
export class TextSink extends BucketedSink {
  protected readonly format = "text";
  override family(family: Family): void {
    const name = this.beginFamily(family);
    this.comments(name, { help: family.help, unit: undefined }, TEXT_TYPES[family.type], false);
    this.nameParts(name, "_");
  }

  protected override endLine(head: SeriesHead, value: number): void {
    const { out } = this;
    out.number(value);
    if (!Number.isNaN(head.timestamp)) {
      out.byte(SPACE);
      out.number(Math.round(head.timestamp * 1000));
    }
    out.byte(NEWLINE);
  }
}

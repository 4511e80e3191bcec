import type { Family, MetricType } from "../model/family.ts";
import type { SeriesHead } from "../model/sample-sink.ts";
import { BucketedSink } from "./bucketed-sink.ts";

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
export class TextSink extends BucketedSink {
  override family(family: Family): void {
    const name = this.begin(family);
    this.comments(name, { help: family.help }, TEXT_TYPES[family.type], false);
    this.nameParts(name, "_");
  }

  protected override end(head: SeriesHead, value: number): void {
    const { out } = this;
    out.number(value);
    if (!Number.isNaN(head.timestamp)) {
      out.byte(SPACE);
      out.number(Math.round(head.timestamp * 1000));
    }
    out.byte(NEWLINE);
  }
}

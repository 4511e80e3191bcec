import type { Exemplar } from "../model/exemplar.ts";
import type { HistogramValue, SeriesHead, SummaryValue } from "../model/sample-sink.ts";
import { LineSink } from "./line-sink.ts";
import { bucketLabels, quantileLabels, type SampleName, sampleName } from "./sample-lines.ts";

/** The names of what a histogram or summary consists of. */
interface PartNames {
  readonly bucket: SampleName;
  readonly sum: SampleName;
  readonly count: SampleName;
}

/** Formats in which a histogram or summary is a line for each of its numbers. */
export abstract class BucketedSink extends LineSink {
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
      this.lines.beginWith(bucket, labels[i]!);
      this.end(head, count, value.exemplar(i));
    }
    if (this.hasTotals(value)) this.totals(head, value.sum, count);
  }

  override summary(head: SeriesHead, value: SummaryValue): void {
    this.lines.series(head);
    quantileLabels(value.quantiles).forEach((label, i) => {
      this.lines.beginWith(this.sample, label);
      this.end(head, value.quantile(i));
    });
    this.totals(head, value.sum, value.count);
  }

  /** Whether a histogram has lines of its sum and count. */
  protected hasTotals(value: HistogramValue): boolean {
    return value.sum !== undefined;
  }

  protected abstract override end(head: SeriesHead, value: number, exemplar?: Exemplar): void;

  private totals(head: SeriesHead, sum: number | undefined, count: number | undefined): void {
    if (sum !== undefined) {
      this.lines.begin(this.parts!.sum);
      this.end(head, sum);
    }
    if (count !== undefined) {
      this.lines.begin(this.parts!.count);
      this.end(head, count);
    }
  }
}

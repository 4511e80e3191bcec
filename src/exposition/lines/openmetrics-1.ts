import { escapeMetricName } from "../../model/escaping.ts";
import { exposedNames, type Family, type MetricType, suffixOf } from "../../model/family.ts";
import type {
  Exemplar,
  HistogramValue,
  SeriesHead,
  SummaryValue,
} from "../../model/sample-sink.ts";
import type { HistogramShape, SeriesRun } from "../../model/series-run.ts";
import { NEWLINE, SPACE } from "../bytes/growing-bytes.ts";
import type { PageOptions } from "../render.ts";
import { type SampleName, sampleName, writeExemplar } from "./sample-lines.ts";
import { BucketedSink } from "./sink.ts";

/** The types whose series count up from the time at which they began. */
const CUMULATIVE: ReadonlySet<MetricType> = new Set(["counter", "histogram", "summary"]);

/** By the specification there is a count if and only if there is a sum, and none of negative values. */
const hasTotals = (bounds: readonly number[]) => !(bounds[0]! < 0);

/** Writes OpenMetrics 1.0. */
export class OpenMetrics1Sink extends BucketedSink {
  protected readonly format = "openmetrics 1";
  /**
   * Whether each series has a sample with the time at which it began; off by default, because most
   * Prometheus servers store that sample as one more series.
   */
  private readonly createdSamples: boolean;
  /** Whether the type, as it is written, may tell when series began and have exemplars. */
  private isCumulative = false;
  private tellsStarts = false;
  private createdName: SampleName | undefined;

  constructor(options: PageOptions) {
    super(options);
    this.createdSamples = options.createdSamples ?? false;
  }

  override finish(): Uint8Array {
    this.out.text("# EOF\n");
    return super.finish();
  }

  override names(family: Family): string[] {
    return exposedNames(family).map((name) => escapeMetricName(name, this.scheme));
  }

  override family(family: Family): void {
    const exposed = this.beginFamily(family);
    // An escaped suffix still ends in the suffix, though the name before it may have changed.
    const name = exposed.slice(0, exposed.length - suffixOf(family).length);
    // A unit that is not the name's suffix is an error here.
    const unit = family.unit && name.endsWith(`_${family.unit}`) ? family.unit : "";
    // Without its suffix, a counter or info is neither.
    const type = family.bare ? "unknown" : family.type;
    this.comments(name, { help: family.help, unit }, type, true);
    this.isCumulative = CUMULATIVE.has(type);
    this.tellsStarts = this.isCumulative && (this.createdSamples || family.createdSamples === true);
    this.nameParts(name, type === "gaugehistogram" ? "_g" : "_");
    this.createdName = sampleName(`${name}_created`);
  }

  override counter(head: SeriesHead, value: number, exemplar?: Exemplar): void {
    this.lines.series(head);
    this.lines.beginLine(this.sample);
    this.endLine(head, value, this.isCumulative ? exemplar : undefined);
    this.created(head);
  }

  override numbers(run: SeriesRun): number {
    if (this.tellsStarts) return run.from;
    return this.numberLines(run, this.isCumulative ? run.firstExemplar : run.to);
  }

  override histograms(run: SeriesRun, { bounds }: HistogramShape): number {
    if (this.tellsStarts) return run.from;
    return this.histogramLines(run, run.firstExemplar, bounds, hasTotals(bounds));
  }

  override histogram(head: SeriesHead, value: HistogramValue): void {
    super.histogram(head, value);
    this.created(head);
  }

  override summary(head: SeriesHead, value: SummaryValue): void {
    super.summary(head, value);
    this.created(head);
  }

  protected override hasTotals({ sum, bounds }: HistogramValue): boolean {
    return sum !== undefined && hasTotals(bounds);
  }

  protected override endLine(head: SeriesHead, value: number, exemplar?: Exemplar): void {
    const { out } = this;
    out.number(value);
    if (!Number.isNaN(head.timestamp)) {
      out.byte(SPACE);
      out.number(head.timestamp);
    }
    if (exemplar !== undefined) writeExemplar(out, exemplar, this.scheme);
    out.byte(NEWLINE);
  }

  private created(head: SeriesHead): void {
    if (!this.tellsStarts || Number.isNaN(head.created)) return;
    this.lines.beginLine(this.createdName!);
    this.endLine(head, head.created);
  }
}

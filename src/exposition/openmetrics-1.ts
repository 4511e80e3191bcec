import type { EscapingScheme } from "../model/escaping.ts";
import type { Exemplar } from "../model/exemplar.ts";
import type { Family, MetricType } from "../model/family.ts";
import type { HistogramValue, SeriesHead, SummaryValue } from "../model/sample-sink.ts";
import { BucketedSink } from "./bucketed-sink.ts";
import { ByteWriter } from "./byte-writer.ts";
import { writeExemplar } from "./exemplar-text.ts";
import { type SampleName, sampleName } from "./sample-lines.ts";

const NEWLINE = 0x0a;
const SPACE = 0x20;

/** The types whose series count up from when they began. */
const CUMULATIVE: ReadonlySet<MetricType> = new Set(["counter", "histogram", "summary"]);

export function newOpenMetrics1Page(
  capacity: number,
  scheme: EscapingScheme,
  createdSamples: boolean,
): OpenMetrics1Sink {
  return new OpenMetrics1Sink(new ByteWriter(capacity), scheme, createdSamples);
}

/** Writes OpenMetrics 1.0. */
export class OpenMetrics1Sink extends BucketedSink {
  private readonly createdSamples: boolean;
  /** Whether the type, as it is written, may tell when series began and have exemplars. */
  private isCumulative = false;
  private createdName: SampleName | undefined;

  /**
   * @param createdSamples whether series tell when they began: in this format that takes a sample
   * of its own, which most Prometheus servers store as one more series
   */
  constructor(out: ByteWriter, scheme: EscapingScheme, createdSamples: boolean) {
    super(out, scheme);
    this.createdSamples = createdSamples;
  }

  override finish(): Uint8Array {
    this.out.text("# EOF\n");
    return super.finish();
  }

  override family(family: Family): void {
    const exposed = this.begin(family);
    const hasSuffix = !family.bare && (family.type === "counter" || family.type === "info");
    const name = hasSuffix ? exposed.slice(0, exposed.lastIndexOf("_")) : exposed;
    // A unit that is not the name's suffix is an error here.
    const unit = family.unit && name.endsWith(`_${family.unit}`) ? family.unit : "";
    // Without its suffix, a counter or info is neither.
    const type = family.bare ? "unknown" : family.type;
    this.comments(name, { help: family.help, unit }, type, true);
    this.isCumulative = CUMULATIVE.has(type);
    this.nameParts(name, type === "gaugehistogram" ? "_g" : "_");
    this.createdName = sampleName(`${name}_created`);
  }

  override counter(head: SeriesHead, value: number, exemplar?: Exemplar): void {
    this.lines.series(head);
    this.lines.begin(this.sample);
    this.end(head, value, this.isCumulative ? exemplar : undefined);
    this.created(head);
  }

  override histogram(head: SeriesHead, value: HistogramValue): void {
    super.histogram(head, value);
    this.created(head);
  }

  override summary(head: SeriesHead, value: SummaryValue): void {
    super.summary(head, value);
    this.created(head);
  }

  /** The specification wants the count exactly where there is a sum, and no sum of negative values. */
  protected override hasTotals({ sum, bounds }: HistogramValue): boolean {
    return sum !== undefined && !(bounds[0]! < 0);
  }

  protected override end(head: SeriesHead, value: number, exemplar?: Exemplar): void {
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
    if (!this.createdSamples || !this.isCumulative || Number.isNaN(head.created)) return;
    this.lines.begin(this.createdName!);
    this.end(head, head.created);
  }
}

import { type EscapingScheme, escapeLabelName, escapeMetricName } from "../model/escaping.ts";
import type { Exemplar } from "../model/exemplar.ts";
import { exposedName, type Family, type MetricType } from "../model/family.ts";
import { isLegacyMetricName } from "../model/names.ts";
import type {
  HistogramValue,
  SeriesHead,
  StateSetValue,
  SummaryValue,
} from "../model/sample-sink.ts";
import type { ByteWriter } from "./byte-writer.ts";
import { writeExemplar } from "./exemplar-text.ts";
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

/** The types whose series count up from when they began. */
const CUMULATIVE: ReadonlySet<MetricType> = new Set(["counter", "histogram", "summary"]);

/** The names of one family's samples. */
interface FamilyNames {
  readonly plain: SampleName;
  readonly bucket: SampleName;
  readonly sum: SampleName;
  readonly count: SampleName;
  readonly created: SampleName;
}

/** Writes OpenMetrics 1.0. */
export class OpenMetrics1Sink implements PageSink {
  readonly #out: ByteWriter;
  readonly #scheme: EscapingScheme;
  readonly #lines: SampleLines;
  readonly #createdSamples: boolean;
  #stateLabel = "";
  /** Whether the type, as it is written, may tell when series began and have exemplars. */
  #isCumulative = false;
  #names: FamilyNames | undefined;

  /**
   * @param createdSamples whether series tell when they began: in this format that takes a sample
   * of its own, which most Prometheus servers store as one more series
   */
  constructor(out: ByteWriter, scheme: EscapingScheme, createdSamples: boolean) {
    this.#out = out;
    this.#scheme = scheme;
    this.#lines = new SampleLines(out, scheme);
    this.#createdSamples = createdSamples;
  }

  get length(): number {
    return this.#out.length;
  }

  truncate(length: number): void {
    this.#out.truncate(length);
  }

  finish(): Uint8Array {
    this.#out.text("# EOF\n");
    return this.#out.finish();
  }

  family(family: Family): void {
    const out = this.#out;
    const exposed = escapeMetricName(exposedName(family), this.#scheme);
    const hasSuffix = !family.bare && (family.type === "counter" || family.type === "info");
    const name = hasSuffix ? exposed.slice(0, exposed.lastIndexOf("_")) : exposed;
    const quoted = quotedIfNeeded(name, isLegacyMetricName);
    if (family.help !== "") {
      out.text(`# HELP ${quoted} `);
      out.escaped(family.help, true);
      out.byte(NEWLINE);
    }
    // Without its suffix, a counter or info is neither.
    out.text(`# TYPE ${quoted} ${family.bare ? "unknown" : family.type}\n`);
    // A unit that is not the name's suffix is an error here.
    if (family.unit && name.endsWith(`_${family.unit}`)) {
      out.text(`# UNIT ${quoted} ${family.unit}\n`);
    }
    this.#isCumulative = !family.bare && CUMULATIVE.has(family.type);
    this.#lines.reset();
    this.#stateLabel = escapeLabelName(family.name, this.#scheme);
    this.#names = familyNames(name, exposed, family.type === "gaugehistogram" ? "_g" : "_");
  }

  counter(head: SeriesHead, value: number, exemplar?: Exemplar): void {
    this.#lines.series(head);
    this.#lines.begin(this.#names!.plain);
    this.#end(head, value, this.#isCumulative ? exemplar : undefined);
    this.#created(head);
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
    this.#lines.series(head);
    const labels = bucketLabels(value.bounds);
    let count = 0;
    for (let i = 0; i < labels.length; i += 1) {
      count += value.bucketCount(i);
      this.#lines.beginWith(this.#names!.bucket, labels[i]!);
      this.#end(head, count, value.exemplar(i));
    }
    // The specification wants the count exactly where there is a sum, and no sum of negative values.
    const hasSum = value.sum !== undefined && !(value.bounds[0]! < 0);
    if (hasSum) this.#totals(head, value.sum, count);
    this.#created(head);
  }

  summary(head: SeriesHead, value: SummaryValue): void {
    this.#lines.series(head);
    quantileLabels(value.quantiles).forEach((label, i) => {
      this.#lines.beginWith(this.#names!.plain, label);
      this.#end(head, value.quantile(i));
    });
    this.#totals(head, value.sum, value.count);
    this.#created(head);
  }

  stateSet(head: SeriesHead, value: StateSetValue): void {
    this.#lines.series(head);
    stateLabels(this.#stateLabel, value.states).forEach((label, i) => {
      this.#lines.beginWith(this.#names!.plain, label);
      this.#end(head, value.isSet(i) ? 1 : 0);
    });
  }

  #single(head: SeriesHead, value: number): void {
    this.#lines.series(head);
    this.#lines.begin(this.#names!.plain);
    this.#end(head, value);
  }

  #totals(head: SeriesHead, sum: number | undefined, count: number | undefined): void {
    if (sum !== undefined) {
      this.#lines.begin(this.#names!.sum);
      this.#end(head, sum);
    }
    if (count !== undefined) {
      this.#lines.begin(this.#names!.count);
      this.#end(head, count);
    }
  }

  #created(head: SeriesHead): void {
    if (!this.#createdSamples || !this.#isCumulative || Number.isNaN(head.created)) return;
    this.#lines.begin(this.#names!.created);
    this.#end(head, head.created);
  }

  #end(head: SeriesHead, value: number, exemplar?: Exemplar): void {
    const out = this.#out;
    out.number(value);
    if (!Number.isNaN(head.timestamp)) {
      out.byte(SPACE);
      out.number(head.timestamp);
    }
    if (exemplar !== undefined) writeExemplar(out, exemplar, this.#scheme);
    out.byte(NEWLINE);
  }
}

function familyNames(name: string, exposed: string, prefix: string): FamilyNames {
  return {
    plain: sampleName(exposed),
    bucket: sampleName(`${name}_bucket`),
    sum: sampleName(`${name}${prefix}sum`),
    count: sampleName(`${name}${prefix}count`),
    created: sampleName(`${name}_created`),
  };
}

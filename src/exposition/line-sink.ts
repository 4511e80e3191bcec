import { type EscapingScheme, escapeLabelName, escapeMetricName } from "../model/escaping.ts";
import type { Exemplar } from "../model/exemplar.ts";
import { exposedName, type Family } from "../model/family.ts";
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
import { SampleLines, type SampleName, sampleName, stateLabels } from "./sample-lines.ts";

const NEWLINE = 0x0a;

/** What the formats of lines share: comments that begin a family, and samples of one number. */
export abstract class LineSink implements PageSink {
  protected readonly out: ByteWriter;
  protected readonly scheme: EscapingScheme;
  protected readonly lines: SampleLines;
  /** The name of samples that the type adds nothing to. */
  protected sample: SampleName = NAMELESS;
  private stateLabel = "";

  constructor(out: ByteWriter, scheme: EscapingScheme) {
    this.out = out;
    this.scheme = scheme;
    this.lines = new SampleLines(out, scheme);
  }

  get length(): number {
    return this.out.length;
  }

  truncate(length: number): void {
    this.out.truncate(length);
  }

  finish(): Uint8Array {
    return this.out.finish();
  }

  abstract family(family: Family): void;

  /** @returns the name of the family's samples, escaped */
  protected begin(family: Family): string {
    const exposed = escapeMetricName(exposedName(family), this.scheme);
    this.lines.reset();
    this.sample = sampleName(exposed);
    this.stateLabel = escapeLabelName(family.name, this.scheme);
    return exposed;
  }

  protected comments(
    name: string,
    { help, unit }: Pick<Family, "help" | "unit">,
    type: string,
    quotesInHelp: boolean,
  ): void {
    const { out } = this;
    const quoted = quotedIfNeeded(name, isLegacyMetricName);
    if (help !== "") {
      out.text(`# HELP ${quoted} `);
      out.escaped(help, quotesInHelp);
      out.byte(NEWLINE);
    }
    out.text(`# TYPE ${quoted} ${type}\n`);
    if (unit) out.text(`# UNIT ${quoted} ${unit}\n`);
  }

  counter(head: SeriesHead, value: number, _exemplar?: Exemplar): void {
    this.single(head, value);
  }

  gauge(head: SeriesHead, value: number): void {
    this.single(head, value);
  }

  unknown(head: SeriesHead, value: number): void {
    this.single(head, value);
  }

  info(head: SeriesHead): void {
    this.single(head, 1);
  }

  stateSet(head: SeriesHead, value: StateSetValue): void {
    this.lines.series(head);
    stateLabels(this.stateLabel, value.states).forEach((label, i) => {
      this.lines.beginWith(this.sample, label);
      this.end(head, value.isSet(i) ? 1 : 0);
    });
  }

  abstract histogram(head: SeriesHead, value: HistogramValue): void;

  abstract summary(head: SeriesHead, value: SummaryValue): void;

  protected single(head: SeriesHead, value: number): void {
    this.lines.series(head);
    this.lines.begin(this.sample);
    this.end(head, value);
  }

  /** The rest of a line: value, timestamp and newline. */
  protected abstract end(head: SeriesHead, value: number): void;
}

const NAMELESS = sampleName("");

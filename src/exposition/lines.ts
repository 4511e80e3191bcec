import { type EscapingScheme, escapeLabelName } from "../model/escaping.ts";
import { isLegacyLabelName, isLegacyMetricName } from "../model/names.ts";
import type { Exemplar, SeriesHead } from "../model/sample-sink.ts";
import { formatBound } from "./bound.ts";
import { escapeText, GrowingBytes, QUOTE, SPACE, TextBytes } from "./bytes.ts";
import { type KeptBytes, keptBytesOf } from "./kept-bytes.ts";

/** What follows the labels where nothing is added to them. */
const CLOSE = "} ";

/** A name as text formats write it: in quotes and with escapes, unless it is a legacy name. */
export function quotedIfNeeded(name: string, isLegacy: (name: string) => boolean): string {
  return isLegacy(name) ? name : `"${escapeText(name, true)}"`;
}

/** A label up to its value. */
function labelBegin(name: string): string {
  return `${quotedIfNeeded(name, isLegacyLabelName)}="`;
}

/** How a line begins with a sample's name: before labels, and without any. */
export interface SampleName {
  readonly open: GrowingBytes;
  readonly alone: GrowingBytes;
}

/** How a name begins lines. One that is not a legacy name goes into the braces, in quotes. */
export function sampleName(name: string): SampleName {
  if (isLegacyMetricName(name)) return { open: encoded(`${name}{`), alone: encoded(`${name} `) };
  const quoted = quotedIfNeeded(name, isLegacyMetricName);
  return { open: encoded(`{${quoted},`), alone: encoded(`{${quoted}} `) };
}

function encoded(text: string): GrowingBytes {
  const bytes = new GrowingBytes(text.length);
  bytes.text(text);
  return bytes;
}

/** A label that a type adds to its samples, such as `le`: after other labels, and alone. */
export interface OwnLabel {
  readonly after: GrowingBytes;
  readonly alone: GrowingBytes;
}

function ownLabel(name: string, value: string): OwnLabel {
  const label = `${labelBegin(name)}${escapeText(value, true)}"${CLOSE}`;
  return { after: encoded(`,${label}`), alone: encoded(label) };
}

/** Labels by the array they were made from: bounds, quantiles and states rarely change. */
const ownLabelsOf = new WeakMap<
  readonly unknown[],
  { name: string; labels: readonly OwnLabel[] }
>();

function ownLabels(
  name: string,
  source: readonly unknown[],
  values: () => readonly string[],
): readonly OwnLabel[] {
  let entry = ownLabelsOf.get(source);
  if (entry?.name !== name) {
    entry = { name, labels: values().map((value) => ownLabel(name, value)) };
    ownLabelsOf.set(source, entry);
  }
  return entry.labels;
}

/** The `le` labels of a histogram's buckets, that of +Inf included. */
export function bucketLabels(bounds: readonly number[]): readonly OwnLabel[] {
  return ownLabels("le", bounds, () => [...bounds, Number.POSITIVE_INFINITY].map(formatBound));
}

export function quantileLabels(quantiles: readonly number[]): readonly OwnLabel[] {
  return ownLabels("quantile", quantiles, () => quantiles.map(formatBound));
}

/** A state set's labels, named like the family. */
export function stateLabels(name: string, states: readonly string[]): readonly OwnLabel[] {
  return ownLabels(name, states, () => states);
}

/** Writes the beginnings of sample lines: name, labels, and the space before the value. */
export class SampleLines {
  private readonly out: TextBytes;
  private readonly scheme: EscapingScheme;
  private table: object | undefined;
  /** The label sets of the table as text, `a="x",b="y"} `. */
  private labels: KeptBytes | undefined;
  private readonly buffer = new TextBytes();
  private labelNames: readonly string[] = [];
  /** What stands before each label's value. */
  private labelBegins: readonly string[] = [];

  constructor(out: TextBytes, scheme: EscapingScheme) {
    this.out = out;
    this.scheme = scheme;
  }

  /** The lines that follow are of another family. */
  reset(): void {
    this.labels = undefined;
  }

  /** The lines that follow are of this series. */
  series(head: SeriesHead): void {
    if (this.labels === undefined || head.table !== this.table) {
      this.labels = keptBytesOf(head, "text", this.scheme);
      this.table = head.table;
    }
    this.labels.locate(head, this.encodeLabels);
  }

  beginLine(name: SampleName): void {
    const { out } = this;
    const { chunk, from, length } = this.labels!;
    if (length === CLOSE.length) {
      out.append(name.alone);
    } else {
      out.append(name.open);
      out.copy(chunk, from, length);
    }
  }

  /** Begins a line that has a label of its own, after those of the series. */
  beginLineWith(name: SampleName, own: OwnLabel): void {
    const { out } = this;
    const { chunk, from, length } = this.labels!;
    out.append(name.open);
    if (length === CLOSE.length) {
      out.append(own.alone);
    } else {
      out.copy(chunk, from, length - CLOSE.length);
      out.append(own.after);
    }
  }

  private readonly encodeLabels = ({ labelNames, labelValues }: SeriesHead): GrowingBytes => {
    const { buffer } = this;
    if (labelNames !== this.labelNames) this.takeNames(labelNames);
    buffer.truncate(0);
    for (let i = 0; i < labelNames.length; i += 1) {
      buffer.text(this.labelBegins[i]!);
      buffer.escaped(labelValues[i]!, true);
      buffer.byte(QUOTE);
    }
    buffer.text(CLOSE);
    return buffer;
  };

  private takeNames(names: readonly string[]): void {
    this.labelNames = names;
    this.labelBegins = names.map((name, i) => {
      return `${i === 0 ? "" : ","}${labelBegin(escapeLabelName(name, this.scheme))}`;
    });
  }
}

/** Writes an exemplar behind a sample, as both versions of OpenMetrics do. */
export function writeExemplar(out: TextBytes, exemplar: Exemplar, scheme: EscapingScheme): void {
  out.text(" # {");
  let comma = "";
  for (const [name, value] of Object.entries(exemplar.labels)) {
    out.text(`${comma}${labelBegin(escapeLabelName(name, scheme))}`);
    out.escaped(value, true);
    out.byte(QUOTE);
    comma = ",";
  }
  out.text("} ");
  out.number(exemplar.value);
  if (Number.isNaN(exemplar.timestamp)) return;
  out.byte(SPACE);
  out.number(exemplar.timestamp);
}

import { formatBound } from "../../model/bound.ts";
import { type EscapingScheme, escapeLabelName } from "../../model/escaping.ts";
import { isLegacyLabelName, isLegacyMetricName } from "../../model/names.ts";
import type { Exemplar, SeriesHead } from "../../model/sample-sink.ts";
import type { SeriesRun } from "../../model/series-run.ts";
import { escapeText, GrowingBytes, QUOTE, SPACE, TextBytes } from "../bytes/growing-bytes.ts";
import { type Encoder, type KeptBytes, type KeptChunk, keptBytesOf } from "../runs/kept-bytes.ts";
import { CLOSE, SharedLabels } from "./shared-labels.ts";

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

export function encoded(text: string): GrowingBytes {
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

/** Not many more bytes of labels are written in one run. */
const ENOUGH = 1 << 16;

/** Writes the beginnings of sample lines: name, labels, and the space before the value. */
export class SampleLines {
  private readonly out: TextBytes;
  private readonly scheme: EscapingScheme;
  /** The label sets of a table as text, `a="x",b="y"} `; a series without labels has nothing here. */
  private kept: KeptBytes | undefined;
  /** The labels of a series that is in no table. */
  private readonly buffer = new TextBytes();
  /** The labels of a run that are not kept. */
  private readonly once = new TextBytes();
  private labelNames: readonly string[] = [];
  private labels = new SharedLabels([]);
  /** Where the labels of the current series are. */
  private view = this.buffer.view;
  private from = 0;
  private labelsLength = 0;

  constructor(out: TextBytes, scheme: EscapingScheme) {
    this.out = out;
    this.scheme = scheme;
  }

  /** The lines that follow are of another family. */
  reset(): void {
    this.kept = undefined;
  }

  /** Runs of the same table follow. */
  begin(run: SeriesRun): KeptBytes {
    this.kept ??= keptBytesOf(run, "text", this.scheme);
    return this.kept;
  }

  /**
   * The labels of the series of a run up to the slot `to`, or of fewer where they are long. They are not kept, but encoded
   * into memory that the next call reuses.
   */
  labelsOnce(run: SeriesRun, to: number): KeptChunk {
    const { once } = this;
    const { from } = run;
    const starts = new Uint32Array(to - from + 1);
    let count = 0;
    once.truncate(0);
    while (from + count < to && once.length < ENOUGH) {
      this.encode(once, run, from + count);
      count += 1;
      starts[count] = once.length;
    }
    return { view: once.view, first: from, starts: starts.subarray(0, count + 1) };
  }

  /** The labels of a run, and of series around it. */
  labelsOf(run: SeriesRun, slot = run.from): KeptChunk {
    return this.begin(run).chunk(slot, run, this.encode);
  }

  /** The lines that follow are of this series. */
  series(head: SeriesHead): void {
    const { run, slot } = head;
    if (run !== undefined) {
      const { view, first, starts } = this.labelsOf(run, slot);
      this.view = view;
      this.from = starts[slot - first]!;
      this.labelsLength = starts[slot - first + 1]! - this.from;
      return;
    }
    const { labelNames, labelValues } = head;
    const { view, length } = this.encodeLabels(labelNames, (label) => labelValues[label]!);
    this.view = view;
    this.from = 0;
    this.labelsLength = length;
  }

  beginLine(name: SampleName): void {
    const { out, labelsLength } = this;
    if (labelsLength === 0) {
      out.append(name.alone);
    } else {
      out.append(name.open);
      out.copy(this.view, this.from, labelsLength);
    }
  }

  /** Begins a line that has a label of its own, after those of the series. */
  beginLineWith(name: SampleName, own: OwnLabel): void {
    const { out, labelsLength } = this;
    out.append(name.open);
    if (labelsLength === 0) {
      out.append(own.alone);
    } else {
      out.copy(this.view, this.from, labelsLength - CLOSE.length);
      out.append(own.after);
    }
  }

  /** Writes the labels of a series in a table. */
  private readonly encode: Encoder = (out, run, slot) => {
    if (run.labelNames !== this.labelNames) this.takeNames(run.labelNames);
    this.labels.write(out, run, slot);
  };

  private encodeLabels(names: readonly string[], value: (label: number) => string): GrowingBytes {
    const { buffer } = this;
    buffer.truncate(0);
    if (names !== this.labelNames) this.takeNames(names);
    for (let i = 0; i < names.length; i += 1) this.labels.encode(buffer, i, value(i));
    return buffer;
  }

  private takeNames(names: readonly string[]): void {
    this.labelNames = names;
    const begins = names.map((name) => labelBegin(escapeLabelName(name, this.scheme)));
    this.labels = new SharedLabels(begins.map((begin, i) => (i === 0 ? begin : `,${begin}`)));
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

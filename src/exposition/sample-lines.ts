import type { EscapingScheme } from "../model/escaping.ts";
import { isLegacyLabelName, isLegacyMetricName } from "../model/names.ts";
import type { SeriesHead } from "../model/sample-sink.ts";
import { formatBound } from "./bound.ts";
import { ByteWriter } from "./byte-writer.ts";
import { CLOSE, type LabelTexts, labelTextsOf, quotedIfNeeded } from "./label-texts.ts";

/** Encoded text that is written again and again. */
function fragment(text: string): ByteWriter {
  const writer = new ByteWriter(text.length);
  writer.text(text);
  return writer;
}

/** A sample's name as a line begins with it: before labels, and without any. */
export interface SampleName {
  readonly open: ByteWriter;
  readonly alone: ByteWriter;
}

/** A name that begins lines; one that is not of the old form goes into the braces, quoted. */
export function sampleName(name: string): SampleName {
  if (isLegacyMetricName(name)) return { open: fragment(`${name}{`), alone: fragment(`${name} `) };
  const quoted = quotedIfNeeded(name, isLegacyMetricName);
  return { open: fragment(`{${quoted},`), alone: fragment(`{${quoted}} `) };
}

/** A label that a type adds to its samples, such as `le`: after other labels, and alone. */
export interface OwnLabel {
  readonly after: ByteWriter;
  readonly alone: ByteWriter;
}

function ownLabel(name: string, value: string): OwnLabel {
  const label = new ByteWriter();
  label.text(`${quotedIfNeeded(name, isLegacyLabelName)}="`);
  label.escaped(value, true);
  label.text('"} ');
  const after = new ByteWriter();
  after.text(",");
  after.append(label);
  return { after, alone: label };
}

/** Labels by the array they were made from: bounds, quantiles and states rarely change. */
const kept = new WeakMap<readonly unknown[], { name: string; labels: readonly OwnLabel[] }>();

function ownLabels(
  name: string,
  source: readonly unknown[],
  values: () => readonly string[],
): readonly OwnLabel[] {
  let entry = kept.get(source);
  if (entry?.name !== name) {
    entry = { name, labels: values().map((value) => ownLabel(name, value)) };
    kept.set(source, entry);
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
  readonly #out: ByteWriter;
  readonly #scheme: EscapingScheme;
  #table: object | undefined;
  #texts: LabelTexts | undefined;

  constructor(out: ByteWriter, scheme: EscapingScheme) {
    this.#out = out;
    this.#scheme = scheme;
  }

  /** A new family begins. */
  reset(): void {
    this.#texts = undefined;
  }

  /** The lines that follow are of this series. */
  series(head: SeriesHead): void {
    if (this.#texts === undefined || head.table !== this.#table) {
      this.#texts = labelTextsOf(head, this.#scheme);
      this.#table = head.table;
    }
    this.#texts.locate(head);
  }

  begin(name: SampleName): void {
    const texts = this.#texts!;
    if (texts.length === 0) {
      this.#out.append(name.alone);
    } else {
      this.#out.append(name.open);
      this.#out.copy(texts.page, texts.from, texts.length + CLOSE.length);
    }
  }

  beginWith(name: SampleName, own: OwnLabel): void {
    const texts = this.#texts!;
    this.#out.append(name.open);
    if (texts.length === 0) {
      this.#out.append(own.alone);
    } else {
      this.#out.copy(texts.page, texts.from, texts.length);
      this.#out.append(own.after);
    }
  }
}

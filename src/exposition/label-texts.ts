import { type EscapingScheme, escapeLabelName } from "../model/escaping.ts";
import { isLegacyLabelName } from "../model/names.ts";
import type { SeriesHead } from "../model/sample-sink.ts";
import { ByteWriter } from "./byte-writer.ts";

/** What follows the labels where nothing is added to them. */
export const CLOSE = "} ";

/** Garbage below this is not worth a fresh start. */
const MIN_GARBAGE = 65_536;

/** Each table's label texts, for as long as the table lives, by how names are escaped. */
const kept = new WeakMap<object, Map<EscapingScheme, LabelTexts>>();

/** The label texts of a series' table; a new object for series that live in none. */
export function labelTextsOf(head: SeriesHead, scheme: EscapingScheme): LabelTexts {
  if (head.table === undefined) return new LabelTexts(scheme);
  let byScheme = kept.get(head.table);
  if (byScheme === undefined) {
    byScheme = new Map();
    kept.set(head.table, byScheme);
  }
  // Most names look the same under every scheme, and share one set of texts.
  const key = head.labelNames.every(isLegacyLabelName) ? "underscores" : scheme;
  let texts = byScheme.get(key);
  if (texts === undefined) {
    texts = new LabelTexts(key);
    byScheme.set(key, texts);
  }
  return texts;
}

/**
 * The label sets of a table as text, `a="x",b="y"` with `} ` behind it: encoded once, when a series
 * is first written, and copied ever after.
 */
export class LabelTexts {
  readonly #scheme: EscapingScheme;
  #pool = new ByteWriter();
  /** By slot: where the text begins, how long it is, and whose it is. */
  #from = new Uint32Array(0);
  #lengths = new Uint32Array(0);
  #tenancies = new Uint32Array(0);
  #garbage = 0;
  #names: readonly string[] = [];
  #nameTexts: readonly string[] = [];
  /** Where the text of the series last located stands, and how long it is without what closes it. */
  from = 0;
  length = 0;

  constructor(scheme: EscapingScheme) {
    this.#scheme = scheme;
  }

  /** Where the texts are; it changes as they are added to. */
  get pool(): ByteWriter {
    return this.#pool;
  }

  /** Finds the series' text, or writes it; `from` and `length` then tell where. */
  locate(head: SeriesHead): void {
    if (head.table === undefined) {
      this.#pool.truncate(0);
      this.#write(head);
      return;
    }
    const { slot, tenancy } = head;
    if (this.#tenancies[slot] === tenancy >>> 0) {
      this.from = this.#from[slot]!;
      this.length = this.#lengths[slot]!;
    } else {
      this.#keep(head);
    }
  }

  #keep(head: SeriesHead): void {
    const { slot } = head;
    if (slot >= this.#from.length) this.#grow(slot);
    this.#garbage += this.#lengths[slot]!;
    if (this.#garbage > MIN_GARBAGE && 2 * this.#garbage > this.#pool.length) this.#startAfresh();
    this.#write(head);
    this.#from[slot] = this.from;
    this.#lengths[slot] = this.length;
    this.#tenancies[slot] = head.tenancy;
  }

  #write(head: SeriesHead): void {
    const pool = this.#pool;
    const { labelNames, labelValues } = head;
    if (labelNames !== this.#names) this.#takeNames(labelNames);
    this.from = pool.length;
    for (let i = 0; i < labelNames.length; i += 1) {
      pool.text(this.#nameTexts[i]!);
      pool.escaped(labelValues[i]!, true);
      pool.byte(QUOTE);
    }
    this.length = pool.length - this.from;
    pool.text(CLOSE);
  }

  #takeNames(names: readonly string[]): void {
    this.#names = names;
    this.#nameTexts = names.map((name, i) => {
      const comma = i === 0 ? "" : ",";
      return `${comma}${quotedIfNeeded(escapeLabelName(name, this.#scheme), isLegacyLabelName)}="`;
    });
  }

  #grow(slot: number): void {
    const capacity = Math.max(8, slot + 1, Math.ceil(this.#from.length * 1.5));
    this.#from = copied(this.#from, capacity);
    this.#lengths = copied(this.#lengths, capacity);
    this.#tenancies = copied(this.#tenancies, capacity);
  }

  #startAfresh(): void {
    this.#pool = new ByteWriter();
    this.#lengths.fill(0);
    this.#tenancies.fill(0);
    this.#garbage = 0;
  }
}

const QUOTE = 0x22;

/** A name as it stands in text: in quotes, with escapes, unless it is of the old form. */
export function quotedIfNeeded(name: string, isLegacy: (name: string) => boolean): string {
  if (isLegacy(name)) return name;
  return `"${name.replace(/[\\\n"]/g, (char) => (char === "\n" ? "\\n" : `\\${char}`))}"`;
}

function copied(from: Uint32Array<ArrayBuffer>, capacity: number): Uint32Array<ArrayBuffer> {
  const to = new Uint32Array(capacity);
  to.set(from);
  return to;
}

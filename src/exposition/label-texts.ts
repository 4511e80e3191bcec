import { type EscapingScheme, escapeLabelName } from "../model/escaping.ts";
import { isLegacyLabelName } from "../model/names.ts";
import type { SeriesHead } from "../model/sample-sink.ts";
import { ByteWriter } from "./byte-writer.ts";

/** What follows the labels where nothing is added to them. */
export const CLOSE = "} ";

/** A text begins in the first this many bytes of its page: what is kept never has to be copied. */
const PAGE_BITS = 16;
const PAGE_SIZE = 1 << PAGE_BITS;
/** Room for the end of a page's last text. */
const PAGE_SLACK = 1024;

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
  #pages = [new ByteWriter()];
  readonly #once = new ByteWriter();
  /** By slot: the page and the place in it where the text begins, how long it is, and whose it is. */
  #places = new Uint32Array(0);
  #lengths = new Uint16Array(0);
  #tenancies = new Uint32Array(0);
  #kept = 0;
  #garbage = 0;
  #names: readonly string[] = [];
  #nameTexts: readonly string[] = [];
  /** Where the text of the series last located stands, and how long it is without what closes it. */
  page = this.#pages[0]!;
  from = 0;
  length = 0;

  constructor(scheme: EscapingScheme) {
    this.#scheme = scheme;
  }

  /** Finds the series' text, or writes it; `page`, `from` and `length` then tell where. */
  locate(head: SeriesHead): void {
    if (head.table === undefined) {
      this.#writeOnce(head);
      return;
    }
    const { slot, tenancy } = head;
    if (this.#tenancies[slot] === tenancy >>> 0) {
      const place = this.#places[slot]!;
      this.page = this.#pages[place >>> PAGE_BITS]!;
      this.from = place & (PAGE_SIZE - 1);
      this.length = this.#lengths[slot]!;
    } else {
      this.#keep(head);
    }
  }

  #keep(head: SeriesHead): void {
    const { slot } = head;
    if (isLarge(head)) {
      this.#writeOnce(head);
      return;
    }
    if (slot >= this.#places.length) this.#grow(slot);
    this.#garbage += this.#lengths[slot]!;
    if (this.#garbage > MIN_GARBAGE && 2 * this.#garbage > this.#kept) this.#startAfresh();
    this.page = this.#pages.at(-1)!;
    if (this.page.length >= PAGE_SIZE) {
      this.page = new ByteWriter(PAGE_SIZE + PAGE_SLACK);
      this.#pages.push(this.page);
    }
    this.#write(head);
    this.#kept += this.length;
    this.#places[slot] = (this.#pages.length - 1) * PAGE_SIZE + this.from;
    this.#lengths[slot] = this.length;
    this.#tenancies[slot] = head.tenancy;
  }

  /** For a text that is not kept. */
  #writeOnce(head: SeriesHead): void {
    this.page = this.#once;
    this.page.truncate(0);
    this.#write(head);
  }

  #write(head: SeriesHead): void {
    const { page } = this;
    const { labelNames, labelValues } = head;
    if (labelNames !== this.#names) this.#takeNames(labelNames);
    this.from = page.length;
    for (let i = 0; i < labelNames.length; i += 1) {
      page.text(this.#nameTexts[i]!);
      page.escaped(labelValues[i]!, true);
      page.byte(QUOTE);
    }
    this.length = page.length - this.from;
    page.text(CLOSE);
  }

  #takeNames(names: readonly string[]): void {
    this.#names = names;
    this.#nameTexts = names.map((name, i) => {
      const comma = i === 0 ? "" : ",";
      return `${comma}${quotedIfNeeded(escapeLabelName(name, this.#scheme), isLegacyLabelName)}="`;
    });
  }

  #grow(slot: number): void {
    const capacity = Math.max(8, slot + 1, Math.ceil(this.#places.length * 1.25));
    this.#places = copied(new Uint32Array(capacity), this.#places);
    this.#lengths = copied(new Uint16Array(capacity), this.#lengths);
    this.#tenancies = copied(new Uint32Array(capacity), this.#tenancies);
  }

  #startAfresh(): void {
    this.#pages = [new ByteWriter()];
    this.#lengths.fill(0);
    this.#tenancies.fill(0);
    this.#kept = 0;
    this.#garbage = 0;
  }
}

const QUOTE = 0x22;
/** At most: a comma, the equals sign, the quotes of name and value. */
const SEPARATORS = 6;

/** A name as it stands in text: in quotes, with escapes, unless it is of the old form. */
export function quotedIfNeeded(name: string, isLegacy: (name: string) => boolean): string {
  if (isLegacy(name)) return name;
  return `"${name.replace(/[\\\n"]/g, (char) => (char === "\n" ? "\\n" : `\\${char}`))}"`;
}

/** Whether the text may be longer than 16 bits can tell; a character, escaped, takes at most 6 bytes. */
function isLarge({ labelNames, labelValues }: SeriesHead): boolean {
  let length = 0;
  for (let i = 0; i < labelNames.length; i += 1) {
    length += labelNames[i]!.length + labelValues[i]!.length + SEPARATORS;
  }
  return 6 * length > 0xffff;
}

function copied<A extends Uint16Array | Uint32Array>(to: A, from: A): A {
  to.set(from);
  return to;
}

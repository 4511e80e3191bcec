import type { SeriesHead } from "../../model/sample-sink.ts";

/** The series of one family that a source has given so far, to find those that it gives again. */
export class GivenSeries {
  #labelNames: readonly string[] | undefined;
  /** The places of the label names in alphabetical order, and what each adds to the key of a series. */
  #order: readonly { readonly i: number; readonly prefix: string }[] = [];
  readonly #keys = new Set<string>();
  /** The keys of series with timestamps, alone and with each timestamp. */
  readonly #timed = new Set<string>();

  clear(): void {
    this.#labelNames = undefined;
    this.#keys.clear();
    this.#timed.clear();
  }

  /**
   * Adds a series, and returns whether it is new. Prometheus makes no difference between an empty
   * label and none, nor does it care for the order of labels. At another time it is another sample.
   */
  add(head: SeriesHead): boolean {
    const key = this.#key(head);
    const { timestamp } = head;
    const before = this.#keys.size;
    this.#keys.add(key);
    const isFirst = this.#keys.size > before;
    if (Number.isNaN(timestamp)) return isFirst;
    const timed = `${key} ${timestamp}`;
    const isNew = isFirst || (this.#timed.has(key) && !this.#timed.has(timed));
    if (isNew) this.#timed.add(key).add(timed);
    return isNew;
  }

  #key({ labelNames, labelValues }: SeriesHead): string {
    if (labelNames !== this.#labelNames) {
      this.#labelNames = labelNames;
      this.#order = labelNames
        .map((name, i) => ({ i, name, prefix: `${name.length}:${name}` }))
        .sort((a, b) => (a.name < b.name ? -1 : 1));
    }
    let key = "";
    for (const { i, prefix } of this.#order) {
      const value = labelValues[i]!;
      if (value !== "") key += `${prefix}${value.length}:${value}`;
    }
    return key;
  }
}

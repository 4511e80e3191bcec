import type { SeriesRun } from "../../model/series-run.ts";
import { type GrowingBytes, QUOTE, TextBytes } from "../bytes/growing-bytes.ts";

/** What stands behind the labels where nothing is added to them. */
export const CLOSE = "} ";

/** So many bytes of labels are kept at most. */
const MOST_BYTES = 1 << 16;

/**
 * Writes the labels of the series in a table. Series mostly share values with others, so that most labels are encoded
 * once, and copied from then on: there is no text to be made, which would be garbage.
 */
export class SharedLabels {
  /** What stands before the value of each label. */
  private readonly begins: readonly string[];
  /** Labels with their values, one behind the other: each ends where the next one begins. */
  private readonly pool = new TextBytes();
  private readonly ends: number[] = [0];
  /** The place among the ends at which each value's label begins, by label; undefined where most values differ. */
  private readonly places: (Map<string, number> | undefined)[];
  /** How many series were written since the pool was empty. */
  private count = 0;

  /** @param begins such as `,a="` */
  constructor(begins: readonly string[]) {
    this.begins = begins;
    this.places = begins.map(() => new Map());
  }

  /** Writes the labels of the series in a slot: `a="x",b="y"} `. */
  write(out: TextBytes, run: Pick<SeriesRun, "labelValue">, slot: number): void {
    const { places } = this;
    this.count += 1;
    for (let label = 0; label < places.length; label += 1) {
      const value = run.labelValue(slot, label);
      const ofLabel = places[label];
      if (ofLabel === undefined) this.encode(out, label, value);
      else this.copy(out, ofLabel.get(value) ?? this.add(ofLabel, label, value));
    }
  }

  private copy(out: GrowingBytes, place: number): void {
    const { pool, ends } = this;
    const begin = ends[place]!;
    out.copy(pool.view, begin, ends[place + 1]! - begin);
  }

  private add(ofLabel: Map<string, number>, label: number, value: string): number {
    const { pool, ends } = this;
    if (pool.length > MOST_BYTES) this.clear();
    const place = ends.length - 1;
    this.encode(pool, label, value);
    ends.push(pool.length);
    ofLabel.set(value, place);
    return place;
  }

  /** Writes one label, and what follows it. */
  encode(out: TextBytes, label: number, value: string): void {
    const { begins } = this;
    out.text(begins[label]!);
    out.escaped(value, true);
    out.byte(QUOTE);
    if (label === begins.length - 1) out.text(CLOSE);
  }

  private clear(): void {
    const { places, pool, ends, count } = this;
    places.forEach((ofLabel, label) => {
      if (ofLabel && 2 * ofLabel.size > count) places[label] = undefined;
      else ofLabel?.clear();
    });
    pool.truncate(0);
    ends.length = 1;
    this.count = 0;
  }
}

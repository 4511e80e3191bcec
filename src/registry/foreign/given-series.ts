import type { SeriesHead } from "../../model/sample-sink.ts";
import { LabelIndex } from "../../series/label-index.ts";

/** The label sets that have the same names. */
interface LabelSets {
  /** The places of the names in alphabetical order; undefined if they are in that order. */
  readonly order: readonly number[] | undefined;
  readonly index: LabelIndex;
  /** The timestamp of each label set when it was first given; NaN if it had none. */
  readonly times: number[];
  /** Further timestamps, each behind the slot of its label set. */
  readonly laterTimes: Set<string>;
}

/** The series of one family that a source has given so far, to find those that it gives again. */
export class GivenSeries {
  #labelNames: readonly string[] | undefined;
  #sets: LabelSets = labelSets([]);
  /** By the names in alphabetical order. */
  readonly #byNames = new Map<string, LabelSets>();

  clear(): void {
    this.#labelNames = undefined;
    this.#byNames.clear();
  }

  /**
   * Adds a series, and returns whether it is new. Prometheus makes no difference between an empty
   * label and none, nor does it care for the order of labels. At another time it is another sample.
   */
  add(head: SeriesHead): boolean {
    const { labelNames, labelValues, timestamp } = head;
    if (labelValues.includes("")) return this.add(withoutEmpty(head));
    if (labelNames !== this.#labelNames) this.#take(labelNames);
    const { order, index, times, laterTimes } = this.#sets;
    const values = order === undefined ? labelValues : order.map((i) => labelValues[i]!);
    const slot = index.find(values);
    if (slot < 0) {
      index.insert(values, times.length);
      times.push(timestamp);
      return true;
    }
    const first = times[slot]!;
    if (Number.isNaN(first) || Number.isNaN(timestamp) || first === timestamp) return false;
    const before = laterTimes.size;
    return laterTimes.add(`${slot} ${timestamp}`).size > before;
  }

  #take(labelNames: readonly string[]): void {
    const sorted = [...labelNames].sort();
    const key = JSON.stringify(sorted);
    const known = this.#byNames.get(key) ?? labelSets(sorted);
    this.#byNames.set(key, known);
    const isSorted = labelNames.every((name, i) => name === sorted[i]);
    const order = isSorted ? undefined : sorted.map((name) => labelNames.indexOf(name));
    this.#sets = { ...known, order };
    this.#labelNames = labelNames;
  }
}

function labelSets(sorted: readonly string[]): LabelSets {
  const index = new LabelIndex(sorted);
  return { order: undefined, index, times: [], laterTimes: new Set() };
}

function withoutEmpty(head: SeriesHead): SeriesHead {
  const isFull = (_: string, i: number) => head.labelValues[i] !== "";
  const labelNames = head.labelNames.filter(isFull);
  const labelValues = head.labelValues.filter(isFull);
  return { ...head, timestamp: head.timestamp, labelNames, labelValues };
}

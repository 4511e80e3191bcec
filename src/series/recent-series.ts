import { mix } from "./label-index.ts";

/** Label sets of more labels than this are not remembered. */
const MAX_LABELS = 4;

/** How many places are searched for a label set. */
const STEPS = 8;

/** A held series; its slot is negative once it is gone. */
interface Recent {
  readonly slot: number;
}

/** Label values, and the series that they led to. */
interface Entry<S> {
  readonly first: string;
  readonly second: string;
  readonly third: string;
  readonly fourth: string;
  readonly series: S;
}

/**
 * Remembers the series of label sets, hashed by the lengths and some characters of their values. A
 * program mostly passes the same few strings again and again, which compare fast. It does not know
 * every series: where it finds none, the caller looks in the label index.
 */
export class RecentSeries<S extends Recent> {
  private readonly names: readonly string[];
  private places: (Entry<S> | undefined)[] = [];
  private mask = 0;
  /** Of the labels that were looked for last. */
  private hash = 0;

  constructor(names: readonly string[]) {
    this.names = names;
  }

  /** The series of these labels, if they are given in declared order and were seen lately. */
  find(labels: object): S | undefined {
    const names = this.names;
    let first = "";
    let second = "";
    let third = "";
    let fourth = "";
    let hash = 0;
    let i = 0;
    // V8 makes a loop's reads plain field loads, which `labels[name]` for a varying name is not.
    for (const name in labels) {
      const value = (labels as Record<string, unknown>)[name];
      if (name !== names[i] || typeof value !== "string") return undefined;
      hash = mix(hash, tail(value));
      if (i === 0) first = value;
      else if (i === 1) second = value;
      else if (i === 2) third = value;
      else fourth = value;
      i += 1;
    }
    if (i !== names.length) return undefined;
    this.hash = hash;
    for (let step = 0; step < STEPS; step += 1) {
      const entry = this.places[(hash + step) & this.mask];
      if (entry === undefined) return undefined;
      if (
        entry.first === first &&
        entry.second === second &&
        entry.third === third &&
        entry.fourth === fourth
      ) {
        return entry.series.slot >= 0 ? entry.series : undefined;
      }
    }
    return undefined;
  }

  /** Remembers where the labels that were just not found led; `seriesCount` is how many series there are. */
  remember(labels: object, series: S, seriesCount: number): void {
    if (this.names.length > MAX_LABELS) return;
    if (2 * seriesCount > this.places.length) this.grow(seriesCount);
    for (let step = 0; step < STEPS; step += 1) {
      const place = (this.hash + step) & this.mask;
      const entry = this.places[place];
      // An entry stays as long as its series: two that replaced each other would cost more than the index.
      if (entry !== undefined && entry.series.slot >= 0) continue;
      this.places[place] = this.entry(labels, series);
      return;
    }
  }

  private entry(labels: object, series: S): Entry<S> | undefined {
    const values = Object.values(labels);
    const own = Object.keys(labels);
    // Labels may be inherited: those are looked up, but not remembered.
    const isInOrder =
      own.length === this.names.length && own.every((name, i) => name === this.names[i]);
    if (!isInOrder || !values.every((value) => typeof value === "string")) return undefined;
    const [first = "", second = "", third = "", fourth = ""] = values;
    return { first, second, third, fourth, series };
  }

  /** Starts afresh with places enough; what was known is learnt again. */
  private grow(seriesCount: number): void {
    const length = 2 ** Math.ceil(Math.log2(4 * seriesCount));
    this.places = new Array(length).fill(undefined);
    this.mask = length - 1;
  }
}

/** What tells most label values apart without reading all of them: methods, routes, status codes. */
function tail(value: string): number {
  const { length } = value;
  if (length < 2) return length === 1 ? value.charCodeAt(0) : 0;
  const middle = length >> 1;
  return (
    (length << 26) ^
    (value.charCodeAt(middle - 1) << 21) ^
    (value.charCodeAt(middle) << 14) ^
    (value.charCodeAt(length - 2) << 7) ^
    value.charCodeAt(length - 1)
  );
}

import { mix } from "./label-index.ts";

/** Label sets with more labels than this are not remembered. */
const MAX_LABELS = 4;

/** How many places of the table may have a label set. */
const STEPS = 8;

/** A held series; its slot is negative once it is gone. */
interface Recent {
  readonly slot: number;
}

/** A label set and its series. */
interface Entry<S> {
  readonly first: string;
  readonly second: string;
  readonly third: string;
  readonly fourth: string;
  readonly series: S;
}

/**
 * A cache of held series by their label sets. Label values are hashed by their length and four of
 * their characters, and comparing them is fast because programs mostly pass the same string objects
 * again. It does not have every series: if it finds none, the caller asks the label index.
 */
export class RecentSeries<S extends Recent> {
  private readonly names: readonly string[];
  private places: (Entry<S> | undefined)[] = [];
  private mask = 0;
  /** The hash of the last lookup, which `remember` uses. */
  private hash = 0;

  constructor(names: readonly string[]) {
    this.names = names;
  }

  /** The series of these labels if they are strings in declared order, and remembered. */
  find(labels: object): S | undefined {
    const names = this.names;
    let first = "";
    let second = "";
    let third = "";
    let fourth = "";
    let hash = 0;
    let i = 0;
    // V8 turns reads in a `for…in` loop into plain field loads, unlike `labels[name]` for a list of
    // names.
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

  /**
   * Remembers the series of the labels that the last lookup did not find.
   *
   * @param values the label values of the series
   * @param seriesCount how many series the family has
   */
  remember(labels: object, values: readonly string[], series: S, seriesCount: number): void {
    if (this.names.length > MAX_LABELS || !this.isFound(labels, values)) return;
    if (2 * seriesCount > this.places.length) this.grow(seriesCount);
    const [first = "", second = "", third = "", fourth = ""] = values;
    for (let step = 0; step < STEPS; step += 1) {
      const place = (this.hash + step) & this.mask;
      const entry = this.places[place];
      // An entry stays while its series exists: entries that replace each other in turn would make
      // updates slower than the label index alone.
      if (entry !== undefined && entry.series.slot >= 0) continue;
      this.places[place] = { first, second, third, fourth, series };
      return;
    }
  }

  /**
   * Whether `find` can find these values by these labels: not where labels are inherited, in another
   * order, no strings, or getters that give something else each time.
   */
  private isFound(labels: object, values: readonly string[]): boolean {
    const { names } = this;
    try {
      const own = Object.entries(labels);
      return (
        own.length === names.length &&
        own.every(([name, value], i) => name === names[i] && value === values[i])
      );
    } catch {
      return false; // A getter threw at this second reading. The update has its series already.
    }
  }

  /** Replaces the table with an empty, larger one; later updates fill it again. */
  private grow(seriesCount: number): void {
    const length = 2 ** Math.ceil(Math.log2(4 * seriesCount));
    this.places = new Array(length).fill(undefined);
    this.mask = length - 1;
  }
}

/** Length, last and middle characters: these tell most methods, routes and status codes apart. */
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

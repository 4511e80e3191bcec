/** A label set, as a user gave it. */
export type GivenLabels = Readonly<Record<string, unknown>>;

/** The same, for the family to check. */
export type Labels = Readonly<Record<string, string>>;

/**
 * How users gave the labels of series: in which order, with numbers among the values, or with labels left
 * out. The page and JSON have them like that. What is most usual, all labels as texts in the order of their
 * names, takes no memory.
 */
export class LabelOrigins {
  readonly #names: readonly string[];
  readonly #given = new Map<string, GivenLabels>();

  constructor(names: readonly string[]) {
    this.#names = names;
  }

  /** Keeps how the labels of a new series were given. */
  add(labels: GivenLabels, values: readonly string[]): void {
    if (!this.#isUsual(labels)) this.#given.set(keyOf(values), { ...labels });
  }

  delete(values: readonly string[]): void {
    this.#given.delete(keyOf(values));
  }

  clear(): void {
    this.#given.clear();
  }

  /** The labels of the series with these values. */
  of(values: readonly string[]): GivenLabels {
    const given = this.#given.size === 0 ? undefined : this.#given.get(keyOf(values));
    return given ?? Object.fromEntries(this.#names.map((name, i) => [name, values[i]]));
  }

  #isUsual(labels: GivenLabels): boolean {
    let i = 0;
    for (const name of Object.keys(labels)) {
      if (name !== this.#names[i] || typeof labels[name] !== "string") return false;
      i += 1;
    }
    return i === this.#names.length;
  }
}

/** The same text for the same label values. */
export function keyOf(values: readonly string[]): string {
  return JSON.stringify(values);
}

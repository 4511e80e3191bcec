import { inspect } from "node:util";
import type { LabelledFamily } from "../../../index.ts";
import type { Behaviour } from "../behaviour.ts";
import { type GivenLabels, keyOf, LabelOrigins, type Labels } from "./given-labels.ts";

/** A metric of Narthex with labels, as far as all types have it. */
export type Family<Series> = Pick<
  LabelledFamily<string, Series>,
  "labels" | "remove" | "clear" | "reset" | "size" | "visit"
>;

/** The labels of an update that has none. */
export const NO_LABELS: GivenLabels = {};

/** Finds the series of a metric by labels, as leniently as prom-client does. */
export class SeriesFinder<Series> {
  readonly #family: Family<Series>;
  readonly #labelNames: readonly string[];
  readonly #behaviour: Behaviour;
  /** The only series of a metric without labels. */
  readonly #only: Series | undefined;
  /** How many series the family had when it was last looked at. */
  #known: number;
  /** Whether label sets were given that only this class understands, and not the family. */
  #isLenient = false;
  /** Goes up when series are removed: handles then look up theirs again. */
  removals = 0;
  readonly origins: LabelOrigins;

  constructor(family: Family<Series>, labelNames: readonly string[], behaviour: Behaviour) {
    this.#family = family;
    this.#labelNames = labelNames;
    this.#behaviour = behaviour;
    this.origins = new LabelOrigins(labelNames);
    this.#known = family.size;
    this.#only = labelNames.length === 0 ? family.labels({}) : undefined;
  }

  /**
   * Whether updates by labels go to the family itself, and to `find` where it refuses them. Each class calls its
   * own family for that: a function for all classes is slower, as V8 makes loads slow that see more than four.
   */
  get areUsual(): boolean {
    return this.#only === undefined && !this.#isLenient;
  }

  /** Keeps how the labels of an update were given if it added a series, and the family has another size now. */
  note(labels: GivenLabels, size: number): void {
    if (size === this.#known) return;
    this.#known = size;
    this.origins.add(labels, this.valuesOf(labels));
  }

  /** The series that an update goes to. */
  find(labels: GivenLabels): Series {
    if (this.#only !== undefined && labels === NO_LABELS) return this.#only;
    if (this.#only !== undefined || this.#isLenient) return this.findChecked(labels);
    let series: Series;
    try {
      series = this.#family.labels(labels as Labels);
    } catch {
      return this.findChecked(labels);
    }
    this.note(labels, this.#family.size);
    return series;
  }

  /** The series of a handle. */
  hold(labels: GivenLabels): HeldSeries<Series> {
    return new HeldSeries(this, labels);
  }

  /** Removes a series; that of a metric without labels begins again at zero. */
  remove(labels: GivenLabels): void {
    const values = this.valuesOf(labels);
    this.#family.remove(this.#complete(values));
    this.origins.delete(values);
    this.#hasRemoved();
  }

  clear(): void {
    this.#family.clear();
    this.origins.clear();
    this.#hasRemoved();
  }

  /** The label set that `labels` and `remove` are called with: an object, or the values in the order of the names. */
  labelsOf(args: readonly unknown[]): GivenLabels {
    if (typeof args[0] === "object") return (args[0] as GivenLabels | null) ?? NO_LABELS;
    const names = this.#labelNames;
    if (names.length !== args.length) {
      throw new Error(
        `Invalid number of arguments (${args.length}): "${args.join(", ")}" for label names (${names.length}): "${names.join(", ")}".`,
      );
    }
    const labels: Record<string, unknown> = {};
    for (let i = 0; i < names.length; i += 1) labels[names[i]!] = args[i];
    return labels;
  }

  /** Throws if there are labels that the metric does not have. */
  check(labels: unknown): void {
    // A string, too, has names: those of its characters.
    for (const name in labels as object) {
      if (this.#labelNames.includes(name)) continue;
      const known = this.#behaviour.listsSortedLabels
        ? [...this.#labelNames].sort()
        : this.#labelNames;
      throw new Error(
        `Added label "${name}" is not included in initial labelset: ${inspect(known)}`,
      );
    }
  }

  /** The same text for all label sets of a series. */
  keyOf(labels: GivenLabels): string {
    return keyOf(this.valuesOf(labels));
  }

  /** The label values of a series, in the order of the names. */
  valuesOf(labels: GivenLabels): string[] {
    return this.#labelNames.map((name) => {
      const value = labels[name];
      if (value === undefined || typeof value === "object") this.#isLenient = true;
      return value === undefined ? "" : `${value}`;
    });
  }

  /** The series of a label set that the family alone may not understand. */
  findChecked(labels: GivenLabels): Series {
    this.check(labels);
    if (this.#only !== undefined) return this.#only;
    const complete = this.#isPlain(labels) ? labels : this.#complete(this.valuesOf(labels));
    const series = this.#family.labels(complete as Labels);
    this.note(labels, this.#family.size);
    return series;
  }

  /** Whether the family takes the labels as they are: the names are checked, and no value is missing. */
  #isPlain(labels: GivenLabels): boolean {
    for (const name of this.#labelNames) {
      if (typeof labels[name] !== "string" || !Object.hasOwn(labels, name)) return false;
    }
    return true;
  }

  #hasRemoved(): void {
    this.removals += 1;
    this.#known = this.#family.size;
  }

  #complete(values: readonly string[]): Record<string, string> {
    return Object.fromEntries(this.#labelNames.map((name, i) => [name, values[i]!]));
  }
}

/** The series of a handle: it is looked up once, and again where series were removed. */
class HeldSeries<Series> {
  readonly #finder: SeriesFinder<Series>;
  readonly #labels: GivenLabels;
  #series!: Series;
  #removals = -1;

  constructor(finder: SeriesFinder<Series>, labels: GivenLabels) {
    this.#finder = finder;
    this.#labels = labels;
  }

  get current(): Series {
    if (this.#removals !== this.#finder.removals) {
      this.#series = this.#finder.findChecked(this.#labels);
      this.#removals = this.#finder.removals;
    }
    return this.#series;
  }
}

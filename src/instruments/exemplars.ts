import { invalidExemplar, show, WELL_FORMED } from "../errors.ts";
import { checkLabelNames } from "../model/names.ts";
import type { Exemplar } from "../model/sample-sink.ts";
import { knownOptions, type OptionNames } from "../options.ts";

/** OpenMetrics allows this many code points for all names and values of an exemplar together. */
const MAX_CODE_POINTS = 128;

/** The labels of an exemplar, usually `{ trace_id }`. */
export type ExemplarLabels = Readonly<Record<string, string>>;

/** What an update can have besides its value. */
export interface UpdateOptions {
  /**
   * Labels that identify an example, such as the id of the trace. All names and values together have
   * at most 128 code points.
   */
  readonly exemplar?: ExemplarLabels | undefined;
}

/** Returns the exemplar for an update that has none of its own, or undefined. */
export type ExemplarProvider = () => ExemplarLabels | undefined;

/** Where the instruments of a registry get the exemplars of updates. */
export class ExemplarSource {
  provider: ExemplarProvider | undefined;
  readonly #isStrict: boolean;
  readonly #onFailure: (metric: string, reason: unknown) => void;

  /**
   * @param isStrict whether an update throws if its own exemplar is invalid
   * @param onFailure is called when the provider throws, or an exemplar is invalid
   */
  constructor(isStrict: boolean, onFailure: (metric: string, reason: unknown) => void) {
    this.#isStrict = isStrict;
    this.#onFailure = onFailure;
  }

  /**
   * Throws in a strict registry if an update's own exemplar is invalid. Updates by labels call this before
   * they look for the series, because an update that throws must not leave a new series behind.
   */
  checkOwn(metric: string, options: UpdateOptions | undefined): void {
    const own = this.#isStrict ? exemplarIn(metric, options) : undefined;
    if (own !== undefined) checkExemplar(metric, own);
  }

  /** The labels of an update's own exemplar, or else those from the provider. */
  labelsFor(metric: string, options: UpdateOptions | undefined): ExemplarLabels | undefined {
    this.checkOwn(metric, options);
    try {
      const own = exemplarIn(metric, options);
      const labels = own === undefined ? this.provider?.() : own;
      if (labels === undefined) return undefined;
      checkExemplar(metric, labels);
      return { ...labels };
    } catch (error) {
      // An exemplar that can't be had costs only itself: the update counts.
      this.#onFailure(metric, error);
      return undefined;
    }
  }
}

const UPDATE_OPTIONS: OptionNames<UpdateOptions> = { exemplar: true };

/**
 * The options' own exemplar: one of `Object.prototype` would be that of all updates. Throws where they
 * have something else, as whoever mistypes the option means an exemplar.
 */
function exemplarIn(
  metric: string,
  options: UpdateOptions | undefined,
): ExemplarLabels | undefined {
  if (!options) return undefined;
  const names = Object.keys(options);
  if (names.length === 1 && names[0] === "exemplar") return options.exemplar;
  return knownOptions(`An update of metric ${show(metric)}`, options, UPDATE_OPTIONS).exemplar;
}

function checkExemplar(metric: string, labels: unknown): asserts labels is ExemplarLabels {
  if (typeof labels !== "object" || labels === null) {
    throw invalidExemplar(metric, labels, "use an object of label values");
  }
  checkLabelNames(metric, Object.keys(labels));
  let text = "";
  for (const [name, value] of Object.entries(labels)) {
    if (typeof value !== "string" || !value.isWellFormed()) {
      throw invalidExemplar(metric, value, `its label ${name} must be ${WELL_FORMED}`);
    }
    text += name + value.slice(0, 2 * MAX_CODE_POINTS);
  }
  // A text never has more code points than UTF-16 units, so short ones need no counting.
  const codePoints = text.length > MAX_CODE_POINTS ? [...text].length : text.length;
  if (codePoints > MAX_CODE_POINTS) {
    throw invalidExemplar(
      metric,
      codePoints,
      `OpenMetrics allows ${MAX_CODE_POINTS} code points of names and values together`,
    );
  }
}

/**
 * The newest exemplar of each sample: a counter has one sample per series, a histogram one per
 * bucket.
 */
export class Exemplars {
  readonly #perSeries: number;
  readonly #exemplars = new Map<number, Exemplar>();

  constructor(perSeries: number) {
    this.#perSeries = perSeries;
  }

  get size(): number {
    return this.#exemplars.size;
  }

  get(slot: number, sample: number): Exemplar | undefined {
    if (this.#exemplars.size === 0) return undefined;
    return this.#exemplars.get(slot * this.#perSeries + sample);
  }

  /** The first slot from `from` on whose series has one; `to` if none below it has. */
  find(from: number, to: number): number {
    if (this.#exemplars.size === 0) return to;
    const end = to * this.#perSeries;
    for (let key = from * this.#perSeries; key < end; key += 1) {
      if (this.#exemplars.has(key)) return Math.floor(key / this.#perSeries);
    }
    return to;
  }

  set(slot: number, sample: number, exemplar: Exemplar): void {
    this.#exemplars.set(slot * this.#perSeries + sample, exemplar);
  }

  /** Drops the exemplars of a series. */
  forget(slot: number): void {
    if (this.#exemplars.size === 0) return;
    for (let sample = 0; sample < this.#perSeries; sample += 1) {
      this.#exemplars.delete(slot * this.#perSeries + sample);
    }
  }
}

import type { LineReader } from "./line-reader.ts";
import { faultOfSample } from "./openmetrics-2-samples.ts";
import type { FamilyRules, OpenMetricsFamily, Version } from "./openmetrics-family.ts";
import { type ParsedSample, withoutSuffix } from "./parsed-family.ts";
import { labelsKey } from "./parsed-labels.ts";

const UNIT = /^[a-zA-Z0-9_:]*$/;

/** OpenMetrics 2.0: all samples have the name of their family, and each stands for itself. */
export const openMetrics2: Version = {
  number: 2,
  sampleNames: ({ name }) => [name],
  claimedNames: ({ name }) => [name],
  rules: (family, line) => new Rules(family, line),
  modelName: ({ name, type }) => withoutSuffix(name, type),
};

class Rules implements FamilyRules {
  readonly #family: OpenMetricsFamily;
  readonly #line: LineReader;
  readonly #seenSeries = new Set<string>();
  /** The series whose turn it is; a state set is one, with all its states. */
  #series: string | undefined;
  readonly #seenStates = new Set<string>();
  #state: string | undefined;
  #time = Number.NaN;

  constructor(family: OpenMetricsFamily, line: LineReader) {
    this.#family = family;
    this.#line = line;
    const { name, type, unit, place } = family;
    if (unit !== "" && (type === "info" || type === "stateset")) {
      line.fail(`a family of type ${type} has a unit`, place);
    }
    if (!UNIT.test(unit)) line.fail("a unit is made of letters, digits, _ and :", place);
    if (type === "info" && !name.endsWith("_info")) {
      line.fail("the name of an info ends in _info", place);
    }
  }

  admits(sample: ParsedSample): boolean {
    const fault = faultOfSample(this.#family, sample);
    if (fault !== undefined) this.#line.fail(fault);
    this.#takeTurn(sample);
    return true;
  }

  /** The samples of a series must come together, state by state, and those in order of time. */
  #takeTurn({ labels, timestamp }: ParsedSample): void {
    const stateLabel = this.#family.type === "stateset" ? this.#family.name : undefined;
    const series = labelsKey(labels, stateLabel);
    const state = stateLabel === undefined ? "" : labels[stateLabel]!;
    if (series !== this.#series) {
      if (this.#seenSeries.has(series)) {
        this.#line.fail("other series stand between samples of its own");
      }
      this.#seenSeries.add(series);
      this.#seenStates.clear();
    } else if (state !== this.#state) {
      if (this.#seenStates.has(state)) this.#line.fail("its state had its turn already");
    } else if (!(timestamp > this.#time)) {
      this.#line.fail("it is there already, and has no newer timestamp");
    }
    this.#seenStates.add(state);
    this.#series = series;
    this.#state = state;
    this.#time = timestamp;
  }
}

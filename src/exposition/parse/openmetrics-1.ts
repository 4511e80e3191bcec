import { exposedNames, type MetricType } from "../../model/family.ts";
import { HistogramPoint } from "./histogram-point.ts";
import type { LineReader } from "./line-reader.ts";
import { faultOfSample } from "./openmetrics-1-samples.ts";
import type { FamilyRules, OpenMetricsFamily, Version } from "./openmetrics-family.ts";
import { ownLabel } from "./own-label.ts";
import type { ParsedSample } from "./parsed-family.ts";
import { labelsKey } from "./parsed-labels.ts";

/** Types that have samples of the family's own name. */
const UNSUFFIXED: readonly MetricType[] = ["gauge", "summary", "stateset", "unknown"];

/** OpenMetrics 1.0: a suffix says what a sample is of its family. */
export const openMetrics1: Version = {
  number: 1,
  sampleNames(family) {
    const names = exposedNames(family);
    return UNSUFFIXED.includes(family.type) ? names : names.slice(1);
  },
  claimedNames: exposedNames,
  rules: (family, line) => new Rules(family, line),
  modelName: ({ name }) => ({ name }),
};

class Rules implements FamilyRules {
  readonly #family: OpenMetricsFamily;
  readonly #line: LineReader;
  readonly #seen = new Set<string>();
  /** The series whose turn it is. */
  #series: string | undefined;
  /** The timestamp whose turn it is, in nanoseconds: any closer ones are one. */
  #time = Number.NaN;
  /** The samples of the series at that time. */
  readonly #samples = new Set<string>();
  #histogram: HistogramPoint | undefined;

  constructor(family: OpenMetricsFamily, line: LineReader) {
    this.#family = family;
    this.#line = line;
    const { name, type, unit, place } = family;
    if (unit === "") return;
    if (!name.endsWith(`_${unit}`)) line.fail("the family's name does not end in its unit", place);
    if (type === "info" || type === "stateset") line.fail(`no ${type} has a unit`, place);
  }

  admits(sample: ParsedSample): boolean {
    const fault = faultOfSample(this.#family, sample);
    if (fault !== undefined) this.#line.fail(fault);
    if (!this.#isNew(sample)) return false;
    this.#histogram?.add(sample);
    return true;
  }

  end(): void {
    this.#histogram?.end();
  }

  /** Whether the sample is not there yet. It must come in its series' turn, and that in order of time. */
  #isNew({ name, labels, timestamp }: ParsedSample): boolean {
    const own = ownLabel(this.#family, name);
    const series = labelsKey(labels, own);
    const time = Math.round(timestamp * 1e9);
    if (series !== this.#series) {
      if (this.#seen.has(series)) this.#line.fail("other series stand between samples of its own");
      this.#seen.add(series);
      this.#goTo(series, time);
    } else if (!Object.is(time, this.#time)) {
      if (Number.isNaN(time) || Number.isNaN(this.#time)) {
        this.#line.fail("some samples of its series have a timestamp, and some have none");
      }
      if (time < this.#time) this.#line.fail("its series goes back in time");
      this.#goTo(series, time);
    }
    const id = own === undefined ? name : `${name} ${labels[own]}`;
    const isNew = !this.#samples.has(id);
    if (!isNew && Number.isNaN(time)) this.#line.fail("it is there already");
    this.#samples.add(id);
    return isNew;
  }

  #goTo(series: string, time: number): void {
    this.#series = series;
    this.#time = time;
    this.#samples.clear();
    const { type } = this.#family;
    if (type !== "histogram" && type !== "gaugehistogram") return;
    this.#histogram?.end();
    this.#histogram = new HistogramPoint(this.#family, this.#line);
  }
}

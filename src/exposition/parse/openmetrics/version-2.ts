import type { MetricType } from "../../../model/family.ts";
import type { CompositeValue } from "../../../model/metric-family.ts";
import { labelsKey } from "../labels.ts";
import type { LineReader } from "../line-reader.ts";
import { withoutSuffix } from "../parsed-family.ts";
import type { ParsedSample } from "../sample.ts";
import {
  faultOfInfoOrState,
  type OpenMetricsFamily,
  type Sequence,
  Turns,
  turnsOfSeries,
  type Version,
} from "./family.ts";

const UNIT = /^[a-zA-Z0-9_:]*$/;
const COMPOSITE: readonly MetricType[] = ["histogram", "gaugehistogram", "summary"];
const WITH_EXEMPLARS: readonly MetricType[] = [...COMPOSITE, "counter", "unknown"];
const WITH_CREATED: readonly MetricType[] = ["counter", "histogram", "summary", "unknown"];

/** OpenMetrics 2.0: every sample has the name of its family, and is complete by itself. */
export const openMetrics2: Version = {
  number: 2,
  sampleNames: ({ name }) => [name],
  claimedNames: ({ name }) => [name],
  modelName: ({ name, type }) => withoutSuffix(name, type),
  faultOfMetadata({ name, type, unit }) {
    if (unit !== "" && (type === "info" || type === "stateset")) {
      return `a family of type ${type} has a unit`;
    }
    if (!UNIT.test(unit)) return "a unit is made of letters, digits, _ and :";
    return type === "info" && !name.endsWith("_info")
      ? "the name of an info ends in _info"
      : undefined;
  },
  faultOfSample(family, sample) {
    const { type } = family;
    const { labels, value, composite, exemplars, created } = sample;
    if (exemplars.length > 0 && !WITH_EXEMPLARS.includes(type)) return `a ${type} has exemplars`;
    if (!Number.isNaN(created) && !WITH_CREATED.includes(type)) return `a ${type} has st@`;
    if (type === "counter" && !(value >= 0)) return "a counter's value is negative or NaN";
    const taken = composite && labelOfParts(composite);
    return (
      faultOfInfoOrState(family, sample) ??
      (taken !== undefined && taken in labels
        ? `the label ${taken} is not the metric's own`
        : faultOfKind(family, composite))
    );
  },
  newSequence: (family, line) => new StateSequence(family, line),
};

/** The label that other formats need for the parts of a composite value. */
function labelOfParts(composite: CompositeValue): string | undefined {
  if (composite.type === "summary") return "quantile";
  return composite.buckets.length > 0 ? "le" : undefined;
}

/** Histograms and summaries need composite values, an unknown may have any one kind, others numbers. */
function faultOfKind(
  { type, samples }: OpenMetricsFamily,
  composite: CompositeValue | undefined,
): string | undefined {
  const kind = composite?.type ?? "number";
  const [first] = samples;
  if (type === "unknown") {
    const isMixed = first !== undefined && (first.composite?.type ?? "number") !== kind;
    return isMixed ? "its family has values of more than one kind" : undefined;
  }
  const due = COMPOSITE.includes(type) ? type : "number";
  return kind === due ? undefined : `the value is a ${kind}, and not a ${due}`;
}

/**
 * The samples of a series stand together, in order of time. The states of a set are one series: in it
 * the samples of each state stand together.
 */
class StateSequence implements Sequence {
  readonly #stateLabel: string | undefined;
  readonly #line: LineReader;
  readonly #series;
  readonly #states;
  #time = Number.NaN;

  constructor({ name, type }: OpenMetricsFamily, line: LineReader) {
    this.#stateLabel = type === "stateset" ? name : undefined;
    this.#line = line;
    this.#series = turnsOfSeries(line);
    this.#states = new Turns(line, "its state had its turn already");
  }

  admits({ labels, timestamp }: ParsedSample): boolean {
    const label = this.#stateLabel;
    if (this.#series.changesTo(labelsKey(labels, label))) this.#states.clear();
    const isOtherState = this.#states.changesTo(label === undefined ? "" : labels[label]!);
    if (!isOtherState && !(timestamp > this.#time)) {
      this.#line.fail("it is there already, and has no newer timestamp");
    }
    this.#time = timestamp;
    return true;
  }
}

import type { MetricType } from "../../model/family.ts";
import type { CompositeValue } from "./composite-value.ts";
import type { OpenMetricsFamily } from "./openmetrics-family.ts";
import type { ParsedSample } from "./parsed-family.ts";

const COMPOSITE: readonly MetricType[] = ["histogram", "gaugehistogram", "summary"];
const WITH_EXEMPLARS: readonly MetricType[] = [...COMPOSITE, "counter", "unknown"];
const WITH_CREATED: readonly MetricType[] = ["counter", "histogram", "summary", "unknown"];

/** What is wrong with a sample of OpenMetrics 2.0, taken by itself; undefined where nothing is. */
export function faultOfSample(family: OpenMetricsFamily, sample: ParsedSample): string | undefined {
  const { name, type } = family;
  const { labels, value, composite, exemplars, created } = sample;
  if (exemplars.length > 0 && !WITH_EXEMPLARS.includes(type)) return `a ${type} has exemplars`;
  if (!Number.isNaN(created) && !WITH_CREATED.includes(type)) return `a ${type} has st@`;
  if (type === "counter" && !(value >= 0)) return "a counter's value is negative or NaN";
  if (type === "info" && value !== 1) return "an info's value is not 1";
  if (type === "stateset" && !(name in labels)) return "a sample of a state set names no state";
  if (type === "stateset" && value !== 0 && value !== 1) return "a state's value is not 0 or 1";
  const taken = composite === undefined ? undefined : labelOfParts(composite);
  if (taken !== undefined && taken in labels) return `the label ${taken} is not the metric's own`;
  return faultOfKind(family, composite);
}

/** The label that other formats need for the parts of a composite value. */
function labelOfParts(composite: CompositeValue): string | undefined {
  if (composite.type === "summary") return "quantile";
  return composite.buckets.length > 0 ? "le" : undefined;
}

/** Histograms and summaries are composite values, all else are numbers; of unknown type is either. */
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

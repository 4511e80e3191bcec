import { invalidSetting } from "../../errors.ts";
import type { LabelValue } from "../../instruments/definition.ts";
import type { HttpHistogramOptions, MeasuringOptions, StandardLabel } from "../options.ts";
import type { Conventions, HttpMetric } from "./conventions.ts";
import { labelSet } from "./label-set.ts";
import { type LabelFacts, type LabelSource, STANDARD_LABELS } from "./labels.ts";

/** A metric as conventions and options make it. */
export interface ChosenMetric {
  readonly options: HttpHistogramOptions & {
    readonly name: string;
    readonly help: string;
    readonly labels: readonly string[];
  };
  /** Whether any label is computed from the scheme or the protocol. */
  readonly tellsProtocols: boolean;
  /** The label set of its series for a request. */
  readonly labelsOf: (facts: LabelFacts) => Record<string, LabelValue>;
}

/** Those that are switched on. */
export type ChosenMetrics = { readonly [Metric in HttpMetric]?: ChosenMetric };

/** All that is known of requests when they begin. */
const LABELS_IN_FLIGHT: readonly string[] = ["method", "scheme"] satisfies StandardLabel[];

/** Which metrics there are, and what they look like. Throws where an option is wrong. */
export function chooseMetrics(
  conventions: Conventions,
  customLabels: readonly string[],
  options: MeasuringOptions,
): ChosenMetrics {
  const known = Object.keys(conventions.metrics);
  for (const metric of Object.keys(options.metrics ?? {})) {
    if (known.includes(metric)) continue;
    throw invalidSetting("HTTP metrics", "metrics", metric, `use ${known.join(", ")}`);
  }
  const chosen: { [Metric in HttpMetric]?: ChosenMetric } = {};
  for (const metric of known as HttpMetric[]) {
    const { isOn, labels: standardLabels, ...defaults } = conventions.metrics[metric];
    const choice: boolean | HttpHistogramOptions = options.metrics?.[metric] ?? isOn;
    if (choice === false) continue;
    const defaultLabels =
      metric === "inFlight" ? standardLabels : [...standardLabels, ...customLabels];
    const { labels = defaultLabels, ...changes } = choice === true ? {} : choice;
    const sources = labels.map((label) => ({
      name: nameOf(label, conventions, options),
      source: sourceOf(label, metric, customLabels),
    }));
    chosen[metric] = {
      options: { ...defaults, ...changes, labels: sources.map(({ name }) => name) },
      tellsProtocols: labels.includes("scheme") || labels.includes("protocol_version"),
      labelsOf: (facts) => labelSet(sources, facts),
    };
  }
  return chosen;
}

/** Whether any of their labels is computed from the scheme or the protocol of a request. */
export function tellsProtocols(chosen: ChosenMetrics): boolean {
  return Object.values(chosen).some(({ tellsProtocols }) => tellsProtocols);
}

function nameOf(label: string, conventions: Conventions, options: MeasuringOptions): string {
  const standard = label as StandardLabel;
  return options.labelNames?.[standard] ?? conventions.labelNames[standard] ?? label;
}

function sourceOf(label: string, metric: HttpMetric, customLabels: readonly string[]): LabelSource {
  const isInFlight = metric === "inFlight";
  const place = customLabels.indexOf(label);
  if (place >= 0 && !isInFlight) return ({ customLabels }) => customLabels[place] ?? "";
  const isKnown = isInFlight
    ? LABELS_IN_FLIGHT.includes(label)
    : Object.hasOwn(STANDARD_LABELS, label);
  if (isKnown) return STANDARD_LABELS[label as StandardLabel];
  const rule = isInFlight
    ? `use ${LABELS_IN_FLIGHT.join(" and ")}, as no more is known of a request when it begins`
    : `use ${Object.keys(STANDARD_LABELS).join(", ")}, or a label of your own from the option labels`;
  throw invalidSetting("HTTP metrics", `metrics.${metric}.labels`, label, rule);
}

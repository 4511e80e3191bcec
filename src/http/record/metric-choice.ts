import { invalidSetting } from "../../errors.ts";
import type { LabelValue } from "../../instruments/definition/labels.ts";
import { given, ownOptions } from "../../options.ts";
import type { HttpHistogramOptions } from "../options.ts";

/** A metric as conventions describe it; options may change everything about it. */
export interface MetricDefault<Label extends string> {
  readonly name: string;
  readonly help: string;
  readonly labels: readonly Label[];
  readonly isOn: boolean;
}

/** A label's name on the page, and how its value is computed. */
interface LabelSource<Facts> {
  readonly name: string;
  readonly source: (facts: Facts) => LabelValue;
}

/** The labels that a metric can have, by their names in options. */
export type LabelSources<Facts> = Readonly<Record<string, LabelSource<Facts>>>;

type MetricOptions = Omit<HttpHistogramOptions, "labels"> & {
  readonly labels?: readonly string[] | undefined;
};

/** What metrics are chosen from. */
interface Choice<Metric extends string, Facts> {
  /** The function or feature that has these options, as errors name it. */
  readonly where: string;
  readonly defaults: { readonly [M in Metric]: MetricDefault<string> };
  readonly options: { readonly [M in Metric]?: boolean | MetricOptions | undefined };
  readonly sources: LabelSources<Facts>;
  /** The labels that are known when a request begins: those that `inFlight` can have. */
  readonly atStart: readonly string[];
  /** The user's own labels, which all metrics but `inFlight` have by default. */
  readonly own?: readonly string[];
  /** Where other labels could come from, for an error's text. */
  readonly ownRule?: string;
}

/** A metric as conventions and options describe it. */
export interface ChosenMetric<Facts> {
  readonly options: MetricOptions & Omit<MetricDefault<string>, "isOn">;
  /** The labels of the metric, by their names in options. */
  readonly chosenLabels: readonly string[];
  /** The label set of a request's series. */
  readonly labelsOf: (facts: Facts) => Record<string, LabelValue>;
}

/** The metrics that are switched on. */
export type Chosen<Metric extends string, Facts> = {
  readonly [M in Metric]?: ChosenMetric<Facts>;
};

/** Applies options to conventions. Throws where an option is wrong. */
export function choose<Metric extends string, Facts>(
  asked: Choice<Metric, Facts>,
): Chosen<Metric, Facts> {
  const choice = ownOptions(asked);
  const { where, defaults, own = [] } = choice;
  const options = ownOptions(choice.options);
  const known = Object.keys(defaults) as Metric[];
  for (const metric of Object.keys(options)) {
    if (Object.hasOwn(defaults, metric)) continue;
    throw invalidSetting(where, "metrics", metric, `use ${known.join(", ")}`);
  }
  const chosen = ownOptions<{ [M in Metric]?: ChosenMetric<Facts> }>({});
  for (const metric of known) {
    const { isOn, labels: standard, ...texts } = defaults[metric];
    const option: boolean | MetricOptions = options[metric] ?? isOn;
    if (option === false) continue;
    const byDefault = metric === "inFlight" ? standard : [...standard, ...own];
    const { labels: chosenLabels = byDefault, ...changes } = ownOptions(
      option === true ? {} : option,
    );
    const sources = chosenLabels.map((label) => sourceOf(label, metric, choice));
    chosen[metric] = {
      options: { ...texts, ...given(changes), labels: sources.map(({ name }) => name) },
      chosenLabels,
      labelsOf: (facts) => labelSet(sources, facts),
    };
  }
  return chosen;
}

function sourceOf<Metric extends string, Facts>(
  label: string,
  metric: Metric,
  { where, sources, atStart, ownRule = "" }: Choice<Metric, Facts>,
): LabelSource<Facts> {
  const isInFlight = metric === "inFlight";
  const known = isInFlight ? atStart : Object.keys(sources);
  const source = sources[label];
  if (source !== undefined && known.includes(label)) return source;
  const why = isInFlight ? ": no more is known of a request when it begins" : ownRule;
  const rule = `use ${known.join(", ")}${why}`;
  throw invalidSetting(where, `metrics.${metric}.labels`, label, rule);
}

function labelSet<Facts>(
  sources: readonly LabelSource<Facts>[],
  facts: Facts,
): Record<string, LabelValue> {
  const labels: Record<string, LabelValue> = {};
  for (const { name, source } of sources) labels[name] = source(facts);
  return labels;
}

/** @param names the names of labels on the page; a label that is not among them keeps its own */
export function labelSources<Facts>(
  sources: Readonly<Record<string, (facts: Facts) => LabelValue>>,
  names: Readonly<Record<string, string | undefined>>,
): LabelSources<Facts> {
  return Object.fromEntries(
    Object.entries(sources).map(([label, source]) => [
      label,
      { name: names[label] ?? label, source },
    ]),
  );
}

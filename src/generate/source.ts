import { show, wrongArgument } from "../errors.ts";
import { exposedName, type MetricType } from "../model/family.ts";
import type { FamilySource, MetricFamily } from "../model/metric-family.ts";
import type { CountedFamily, FamilyFinder, Objective } from "../model/objective.ts";

/** A metric family, as far as queries depend on it. */
export interface Metric {
  /** The name on the page, with `_total` for a counter; without `_bucket` for a histogram. */
  readonly name: string;
  readonly type: MetricType;
  readonly help: string;
  /** The declared unit, or the one in which the name ends. */
  readonly unit: string | undefined;
  /** Without those that tell the samples of one series apart, such as `le`. */
  readonly labelNames: readonly string[];
  /** The labels that few series share, which a panel can show apart. */
  readonly fewValued: readonly string[];
  /** The upper bounds of the classic buckets, without +Inf. */
  readonly buckets: readonly number[];
  readonly isNative: boolean;
}

const UNITS =
  "seconds bytes ratio celsius volts amperes joules grams meters hertz percent kelvin watts".split(
    " ",
  );

/** A panel with more lines than this tells nobody anything. */
const FEW_VALUES = 20;

/** The metrics of a source. What a page only announces is left out: nobody knows its labels. */
export function metricsOf(source: FamilySource): Metric[] {
  return familiesOf(source)
    .filter(({ definition, samples }) => definition !== undefined || samples.length > 0)
    .map(metricOf);
}

function familiesOf(source: FamilySource): readonly MetricFamily[] {
  const families = typeof source?.families === "function" ? source.families() : source?.families;
  if (Array.isArray(families)) return families;
  const rule = "pass a registry, or what parse() of narthex/parse gives";
  throw wrongArgument("narthex/generate", show(source), rule);
}

/** The objectives that a registry has. */
export function objectivesOf(source: FamilySource): readonly Objective[] {
  return "objectives" in source ? (source.objectives?.() ?? []) : [];
}

/** Finds the metrics that objectives name, by the names of families or of their samples. */
export function finderOf(metrics: readonly Metric[]): FamilyFinder {
  return {
    find(name): CountedFamily | undefined {
      const found = metrics.find((metric) => namesOf(metric).includes(String(name)));
      if (found === undefined) return undefined;
      const { type, labelNames, buckets } = found;
      return { exposedName: found.name, type, buckets, labelNames };
    },
    names: () => metrics.map(({ name }) => name),
  };
}

function namesOf({ name, type }: Metric): string[] {
  if (type === "counter") return [name, name.replace(/_total$/, "")];
  if (type === "histogram") return [name, `${name}_bucket`, `${name}_count`];
  return type === "summary" ? [name, `${name}_count`] : [name];
}

function metricOf(family: MetricFamily): Metric {
  const { name, type, help, unit, samples, definition } = family;
  const values = new Map<string, Set<string>>();
  for (const label of definition?.labelNames ?? []) values.set(label, new Set());
  const own = ownLabelOf(family);
  for (const { labels } of samples) {
    for (const [label, value] of Object.entries(labels)) {
      if (label === own) continue;
      const all = values.get(label) ?? new Set();
      values.set(label, all.add(value));
    }
  }
  const labelNames = [...values.keys()];
  return {
    name: exposedName(family),
    type,
    help,
    unit: unit ?? UNITS.find((each) => name.replace(/_total$/, "").endsWith(`_${each}`)),
    labelNames,
    fewValued: labelNames.filter((label) => values.get(label)!.size <= FEW_VALUES),
    buckets: definition?.buckets ?? bucketsOf(family),
    isNative: definition?.isNative ?? samples.some(({ composite }) => hasNative(composite)),
  };
}

function ownLabelOf({ name, type }: MetricFamily): string | undefined {
  if (type === "histogram" || type === "gaugehistogram") return "le";
  return type === "summary" ? "quantile" : type === "stateset" ? name : undefined;
}

function bucketsOf({ type, samples }: MetricFamily): number[] {
  if (type !== "histogram") return [];
  const bounds = samples.flatMap(({ labels, composite }) => {
    const whole =
      composite?.type === "histogram" ? composite.buckets.map(({ bound }) => bound) : [];
    return labels.le === undefined ? whole : [Number(labels.le.replace("+Inf", "Infinity"))];
  });
  return [...new Set(bounds)].filter(Number.isFinite).sort((a, b) => a - b);
}

function hasNative(composite: MetricFamily["samples"][number]["composite"]): boolean {
  return composite?.type === "histogram" && composite.native !== undefined;
}

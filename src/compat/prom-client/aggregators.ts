import type { Behaviour } from "./behaviour.ts";
import type { MetricJson, SampleJson } from "./json.ts";

/** Makes one metric of those that several processes have; undefined if it is left out. */
export type AggregatorFunction = (metrics: readonly MetricJson[]) => MetricJson | undefined;

/** Makes an aggregator of a function that makes one value of several. */
export function AggregatorFactory(
  combine: (samples: readonly SampleJson[]) => number,
): AggregatorFunction {
  return (metrics) => {
    const [first] = metrics;
    if (first === undefined) return undefined;
    const { help, name, type, aggregator } = first;
    const samples = metrics.flatMap(({ values }) => values);
    const values = groups(samples, keyOf).map((samples): SampleJson => {
      const { labels, metricName } = samples[0]!;
      return {
        value: combine(samples),
        labels,
        ...(metricName === undefined ? {} : { metricName }),
      };
    });
    return { help, name, type, values, aggregator };
  };
}

/** The same for samples that have the same name and labels, in whatever order. */
function keyOf({ metricName, labels }: SampleJson): string {
  const entries = Object.entries(labels ?? {}).filter(([, value]) => value !== undefined);
  entries.sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([metricName, entries.map(([name, value]) => [name, `${value}`])]);
}

const sum = (samples: readonly SampleJson[]) =>
  samples.reduce((total, { value }) => total + value, 0);

/** How the values of several processes become one, by the names that metrics have as their `aggregator`. */
export const aggregators: Readonly<Record<string, AggregatorFunction>> = {
  sum: AggregatorFactory(sum),
  first: AggregatorFactory((samples) => samples[0]!.value),
  omit: () => undefined,
  average: AggregatorFactory((samples) => sum(samples) / samples.length),
  min: AggregatorFactory((samples) => Math.min(...samples.map(({ value }) => value))),
  max: AggregatorFactory((samples) => Math.max(...samples.map(({ value }) => value))),
};

/**
 * The metrics of several processes as one of each name.
 *
 * @param all what `getMetricsAsJSON` gave in each process
 * @param behaviour of the client
 */
export function aggregateMetrics(
  all: readonly (readonly MetricJson[])[],
  { sumsByDefault, groupsSamplesByName }: Behaviour,
): MetricJson[] {
  return groups(all.flat(), ({ name }) => name).flatMap((metrics) => {
    const name = metrics[0]!.aggregator ?? (sumsByDefault ? "sum" : undefined);
    const aggregator = Object.hasOwn(aggregators, name) ? aggregators[name] : undefined;
    if (aggregator === undefined) throw new Error(`'${name}' is not a defined aggregator.`);
    const aggregated = aggregator(metrics);
    if (aggregated === undefined) return [];
    if (!groupsSamplesByName) return aggregated;
    const values = groups(aggregated.values, ({ metricName }) => metricName).flat();
    return { ...aggregated, values };
  });
}

/** What has the same key, together, in the order in which each key is first. */
function groups<T>(all: readonly T[], keyOf: (item: T) => unknown): T[][] {
  const byKey = new Map<unknown, T[]>();
  for (const item of all) {
    const key = keyOf(item);
    const group = byKey.get(key);
    if (group === undefined) byKey.set(key, [item]);
    else group.push(item);
  }
  return [...byKey.values()];
}

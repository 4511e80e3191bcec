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
    const groups = new Map<string, SampleJson[]>();
    for (const sample of metrics.flatMap(({ values }) => values)) {
      const key = keyOf(sample);
      const group = groups.get(key);
      if (group === undefined) groups.set(key, [sample]);
      else group.push(sample);
    }
    const values = [...groups.values()].map((samples): SampleJson => {
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
 * @param byDefault the aggregator of metrics that name none
 */
export function aggregateMetrics(
  all: readonly (readonly MetricJson[])[],
  byDefault: string | undefined,
): MetricJson[] {
  const groups = new Map<string, MetricJson[]>();
  for (const json of all.flat()) {
    const group = groups.get(json.name);
    if (group === undefined) groups.set(json.name, [json]);
    else group.push(json);
  }
  return [...groups.values()].flatMap((metrics) => {
    const name = metrics[0]!.aggregator ?? byDefault;
    const aggregator = Object.hasOwn(aggregators, name) ? aggregators[name] : undefined;
    if (aggregator === undefined) throw new Error(`'${name}' is not a defined aggregator.`);
    return aggregator(metrics) ?? [];
  });
}

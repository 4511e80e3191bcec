import type { MetricJson, SampleJson } from "../page/json.ts";

/** Makes one metric of those that several processes have; undefined if it is left out. */
export type AggregatorFunction = (metrics: readonly MetricJson[]) => MetricJson | undefined;

/** Makes an aggregator of a function that makes one value of several. */
export type AggregatorFactory = (
  combine: (samples: readonly SampleJson[]) => number,
) => AggregatorFunction;

/** Keeps the samples of a series together, as prom-client does. */
export const bySeries: AggregatorFactory = (combine) => aggregator(combine, (samples) => samples);

/** Keeps samples of the same name together, as @prometheus-io/client does. */
export const bySampleName: AggregatorFactory = (combine) =>
  aggregator(combine, (samples) => groups(samples, ({ metricName }) => metricName).flat());

/** How the values of several processes become one, by the names that metrics have as their `aggregator`. */
export function aggregatorsOf(factory: AggregatorFactory): Record<string, AggregatorFunction> {
  return {
    sum: factory(sum),
    first: factory((samples) => samples[0]!.value),
    omit: () => undefined,
    average: factory((samples) => sum(samples) / samples.length),
    min: factory((samples) => Math.min(...samples.map(({ value }) => value))),
    max: factory((samples) => Math.max(...samples.map(({ value }) => value))),
  };
}

/**
 * The metrics of several processes as one of each name.
 *
 * @param all what `getMetricsAsJSON` gave in each process
 * @param byDefault the aggregator of metrics that name none
 */
export function aggregateMetrics(
  all: readonly (readonly MetricJson[])[],
  aggregators: Readonly<Record<string, AggregatorFunction>>,
  byDefault: string | undefined,
): MetricJson[] {
  return groups(all.flat(), ({ name }) => name).flatMap((metrics) => {
    const name = `${metrics[0]!.aggregator ?? byDefault}`;
    const aggregator = Object.hasOwn(aggregators, name) ? aggregators[name] : undefined;
    if (aggregator === undefined) throw new Error(`'${name}' is not a defined aggregator.`);
    return aggregator(metrics) ?? [];
  });
}

function aggregator(
  combine: (samples: readonly SampleJson[]) => number,
  ordered: (samples: readonly SampleJson[]) => readonly SampleJson[],
): AggregatorFunction {
  return (metrics) => {
    const [first] = metrics;
    if (first === undefined) return undefined;
    const { help, name, type, aggregator } = first;
    const samples = ordered(metrics.flatMap(({ values }) => values));
    const values = groups(samples, keyOf).map((same): SampleJson => {
      const { labels, metricName } = same[0]!;
      return { value: combine(same), labels, ...(metricName === undefined ? {} : { metricName }) };
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

function sum(samples: readonly SampleJson[]): number {
  return samples.reduce((total, { value }) => total + value, 0);
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

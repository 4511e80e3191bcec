import { createRequire } from "node:module";
import real from "prom-client";
import { describe, expect, test } from "vitest";
import * as facade from "../index.ts";

interface Client {
  readonly AggregatorFactory: typeof facade.AggregatorFactory;
  readonly aggregators: typeof facade.aggregators;
  readonly aggregate: (all: object[]) => { metrics(): Promise<string> };
}

/** What prom-client's types do not declare. */
const realAggregators = createRequire(import.meta.url)("prom-client/lib/metricAggregators.js");

const ofTwoProcesses = [2, 10].map((value) => [
  {
    name: "queue",
    help: "Q.",
    type: "gauge",
    values: [
      { labels: { a: "x", b: 1 }, value },
      { labels: { b: "1", a: "x" }, value: value / 4 },
    ],
    aggregator: "spread",
  },
]);

const clients: [string, Client][] = [
  [
    "prom-client",
    { ...realAggregators, aggregate: (all) => real.AggregatorRegistry.aggregate(all) },
  ],
  [
    "narthex/prom-client",
    { ...facade, aggregate: (all) => facade.AggregatorRegistry.aggregate(all) },
  ],
];

describe.each(clients)("%s", (_, { AggregatorFactory, aggregators, aggregate }) => {
  test("takes aggregators of one's own", async () => {
    expect(() => aggregate(ofTwoProcesses)).toThrow("'spread' is not a defined aggregator.");
    aggregators.spread = AggregatorFactory((samples) => {
      const values = samples.map(({ value }) => value);
      return Math.max(...values) - Math.min(...values);
    });
    expect(await aggregate(ofTwoProcesses).metrics()).toBe(
      '# HELP queue Q.\n# TYPE queue gauge\nqueue{a="x",b="1"} 9.5\n',
    );
    expect(aggregators.spread([])).toBeUndefined();
    expect(aggregators.omit!(ofTwoProcesses[0]!)).toBeUndefined();
  });

  test("gives a plain registry of what several processes have", () => {
    expect(aggregate([])).not.toHaveProperty("clusterMetrics");
  });
});

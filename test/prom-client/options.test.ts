import client from "prom-client";
import { expect, test } from "vitest";
import narthex from "../../src/compat/prom-client/index.ts";

test.each([
  ["prom-client", client],
  ["narthex/prom-client", narthex as unknown as typeof client],
])("%s takes an option type, which says nothing, as @hono/prometheus has one", async (_, api) => {
  const registry = new api.Registry();
  const options = { name: "size", help: "Size.", type: "counter", registers: [registry] };
  new api.Histogram({ ...options, buckets: [1] });
  expect((await registry.getMetricsAsJSON())[0]).toMatchObject({ name: "size", type: "histogram" });
  expect(registry.getSingleMetric("size")).toMatchObject({ type: "histogram" });
});

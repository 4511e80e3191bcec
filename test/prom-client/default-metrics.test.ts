import real from "prom-client";
import { expect, test } from "vitest";
import facade, { register } from "../../src/compat/prom-client/index.ts";
import { metrics } from "../../src/index.ts";

test("default metrics have the names, types and help of prom-client's, and the shared registry shows them", async () => {
  facade.collectDefaultMetrics();
  real.collectDefaultMetrics();
  const heads = (page: string) => page.split("\n").filter((line) => line.startsWith("#"));
  expect(heads(await register.metrics())).toEqual(heads(await real.register.metrics()));
  expect(await metrics.text()).toContain("\nprocess_cpu_seconds_total ");
});

import Fastify from "fastify";
import { expect, test } from "vitest";
import { Registry } from "../registry/registry.ts";
import { collectRuntime } from "../runtime/index.ts";
import { httpMetrics as express } from "./express/index.ts";
import { httpMetrics as fastify } from "./fastify/index.ts";
import { HttpMetricsModule } from "./nest/index.ts";
import { measureOutgoing } from "./outgoing/measure-outgoing.ts";

test.each([
  [{ exclud: ["/healthz"] }, 'HTTP metrics: there is no option "exclud": did you mean exclude?'],
  [{ metricsPath: "/m" }, 'HTTP metrics: there is no option "metricsPath": use path.'],
  [{ buckets: [1] }, 'HTTP metrics: there is no option "buckets": use metrics, as in metrics: {'],
  [
    { metrics: { duration: { bucket: [1] } } },
    'Metric "http_request_duration_seconds": there is no option "bucket": did you mean buckets?',
  ],
])("httpMetrics does not have the options %j", (options, text) => {
  const registry = new Registry();
  expect(() => express({ registry, ...(options as object) })).toThrow(text);
});

test("options that are no object are refused", () => {
  expect(() => express(null as unknown as object)).toThrow("HTTP metrics: the options are null");
});

test("Fastify passes its own options along to the plugin", async () => {
  const options = { registry: new Registry(), prefix: "/x", logLevel: "error", logSerializers: {} };
  const app = Fastify();
  await app.register(fastify, options as object);
  await app.close();
  const other = Fastify().register(fastify, { exclud: [] } as object);
  await expect(other.ready()).rejects.toThrow("did you mean exclude?");
});

test("other functions know their options, too", () => {
  const registry = new Registry();
  expect(() => measureOutgoing({ registry, excludes: () => true } as object)).toThrow(
    'measureOutgoing: there is no option "excludes": did you mean exclude?',
  );
  expect(() => collectRuntime(registry, { gcDurationBuckets: [1] } as object)).toThrow(
    'collectRuntime: there is no option "gcDurationBuckets": use gcBuckets.',
  );
  const options = { useClass: class {} } as unknown as { useFactory: () => object };
  expect(() => HttpMetricsModule.forRootAsync(options)).toThrow("use useFactory");
});

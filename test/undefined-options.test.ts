// This compiles with `exactOptionalPropertyTypes`: users of it can pass on what may be undefined.
import { createServer } from "node:http";
import { expect, test } from "vitest";
import { measureOutgoing } from "../src/http/index.ts";
import { httpMetrics } from "../src/http/node/index.ts";
import { Registry } from "../src/index.ts";
import { collectRuntime } from "../src/runtime/index.ts";
import { lint } from "../src/testing/index.ts";

const none = undefined;
const now = () => 0;

const FAMILY = {
  help: "Help.",
  labels: none,
  unit: none,
  limit: none,
  expireAfterSeconds: none,
  initial: none,
};

const HISTOGRAM = {
  name: none,
  help: none,
  labels: none,
  limit: none,
  expireAfterSeconds: none,
  buckets: none,
  native: none,
};

test("an option that is undefined is one that is not given", async () => {
  const plain = new Registry({ now });
  plain.counter({ name: "a", help: "Help." }).inc();
  plain.gauge({ name: "b", help: "Help." }).inc();
  plain.histogram({ name: "c", help: "Help." }).observe(1);
  plain.histogram({ name: "d", help: "Help.", native: {} }).observe(1);
  plain.summary({ name: "e", help: "Help." }).observe(1);
  collectRuntime(plain, { only: ["version"] });
  httpMetrics(createServer(), { registry: plain, metrics: { duration: {} } });
  measureOutgoing({ registry: plain, metrics: { duration: {} } });

  const registry = new Registry({ now, labels: none });
  registry.counter({ ...FAMILY, name: "a", collect: none }).inc(1, { exemplar: none });
  registry.gauge({ ...FAMILY, name: "b", collect: none }).inc();
  registry.histogram({ ...FAMILY, name: "c", buckets: none, native: none }).observe(1);
  const native = {
    factor: none,
    maxBuckets: none,
    zeroThreshold: none,
    maxZeroThreshold: none,
    minResetSeconds: none,
    maxExemplars: none,
    exemplarTtlSeconds: none,
  };
  registry.histogram({ ...FAMILY, name: "d", native }).observe(1);
  registry.summary({ ...FAMILY, name: "e", quantiles: none, maxAgeSeconds: none }).observe(1);
  collectRuntime(registry, { only: ["version"], eventLoopPrecisionMs: none, gcBuckets: none });
  httpMetrics(createServer(), {
    registry,
    metrics: { duration: HISTOGRAM, requests: none, streams: none, timeToHeaders: none },
    authorize: none,
    conventions: none,
    createdSamples: none,
    exclude: none,
    labelNames: none,
    labels: none,
    limit: none,
    maxConcurrent: none,
    measureScrapes: none,
    path: none,
    streamAfterSeconds: none,
  });
  measureOutgoing({
    registry,
    metrics: { duration: HISTOGRAM, errors: none, inFlight: none },
    conventions: none,
    exclude: none,
    limit: none,
  });

  expect(await registry.text()).toBe(await plain.text());
  expect(await registry.text()).toContain("# TYPE http_request_duration_seconds histogram\n");
  expect(await lint(registry, { rules: none })).toEqual(await lint(plain));
});

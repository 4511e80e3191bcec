import { deepStrictEqual } from "node:assert/strict";
import { expect, test } from "vitest";
import { Registry } from "../registry/registry.ts";
import { readSamples } from "./read-samples.ts";

test("all samples of a family, in the order of the page", async () => {
  const registry = new Registry();
  registry.histogram({ name: "h", help: "", buckets: [1] }).observe(0.5);
  registry.gauge({ name: "other", help: "" }).set(1);
  deepStrictEqual(await readSamples(registry, "h"), [
    { name: "h_bucket", labels: { le: "1.0" }, value: 1 },
    { name: "h_bucket", labels: { le: "+Inf" }, value: 1 },
    { name: "h_sum", labels: {}, value: 0.5 },
    { name: "h_count", labels: {}, value: 1 },
  ]);
});

test("only samples of one name, where that is a sample's", async () => {
  const registry = new Registry();
  registry.histogram({ name: "h", help: "", buckets: [1] }).observe(0.5);
  expect(await readSamples(registry, "h_sum")).toEqual([{ name: "h_sum", labels: {}, value: 0.5 }]);
  expect(await readSamples(registry, "h_other")).toEqual([]);
});

test("labels of every name are the sample's own", async () => {
  const [sample] = await readSamples('a{"__proto__"="x",constructor="y"} NaN\n', "a");
  expect(Object.entries(sample!.labels)).toEqual([
    ["__proto__", "x"],
    ["constructor", "y"],
  ]);
  expect(sample!.value).toBeNaN();
});

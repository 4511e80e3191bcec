import { deepStrictEqual } from "node:assert/strict";
import { describe, expect, test } from "vitest";
import { Registry } from "../registry/registry.ts";
import { AssertionError, change, readSamples, readValue } from "./read-samples.ts";

describe("readSamples gives", () => {
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
    expect(await readSamples(registry, "h_sum")).toEqual([
      { name: "h_sum", labels: {}, value: 0.5 },
    ]);
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
});

describe("readValue", () => {
  test("a counter's value by its name on the page and its labels", async () => {
    const registry = new Registry();
    const posted = registry.counter({ name: "articles_posted", help: "", labels: ["category"] });
    posted.inc({ category: "news" }, 3);
    posted.inc({ category: "sport" });
    expect(await readValue(registry, "articles_posted_total", { category: "news" })).toBe(3);
    expect(await readValue(registry, "articles_posted_total", { category: "art" })).toBeUndefined();
    expect(
      await readValue(registry, "articles_posted_total", { categories: "news" }),
    ).toBeUndefined();
    expect(await readValue(registry, "articles_posted")).toBeUndefined();
  });

  test("the parts of histograms and summaries", async () => {
    const registry = new Registry();
    const latency = registry.histogram({ name: "latency_seconds", help: "", labels: ["op"] });
    latency.observe({ op: "select" }, 0.05);
    latency.observe({ op: "select" }, 2);
    registry.summary({ name: "size_bytes", help: "", quantiles: [0.5] }).observe(7);
    const op = "select";
    expect(await readValue(registry, "latency_seconds_count", { op })).toBe(2);
    expect(await readValue(registry, "latency_seconds_sum", { op })).toBe(2.05);
    expect(await readValue(registry, "latency_seconds_bucket", { op, le: 0.1 })).toBe(1);
    expect(await readValue(registry, "latency_seconds_bucket", { op, le: 1 })).toBe(1);
    expect(await readValue(registry, "latency_seconds_bucket", { op, le: "2.50" })).toBe(2);
    expect(await readValue(registry, "latency_seconds_bucket", { op, le: Infinity })).toBe(2);
    expect(await readValue(registry, "latency_seconds_bucket", { op, le: "+Inf" })).toBe(2);
    expect(await readValue(registry, "size_bytes", { quantile: 0.5 })).toBeCloseTo(7, 0);
    expect(await readValue(registry, "size_bytes_sum")).toBe(7);
  });

  test("infos and states have values, and so have names of UTF-8", async () => {
    const registry = new Registry();
    registry.info({ name: "build", help: "" }).set({ version: "1.2.3" });
    registry.stateSet({ name: "feature", help: "", states: ["a", "b"] }).set("a", true);
    registry.gauge({ name: "größe.x", help: "", utf8: true, labels: ["é"] }).set({ é: "😀" }, 1);
    expect(await readValue(registry, "build_info", { version: "1.2.3" })).toBe(1);
    expect(await readValue(registry, "feature", { feature: "b" })).toBe(0);
    expect(await readValue(registry, "größe.x", { é: "😀" })).toBe(1);
  });

  test("labels that tell the sample from others suffice", async () => {
    const registry = new Registry({ labels: { service: "articles" } });
    const labels = ["method", "code"] as const;
    const requests = registry.counter({ name: "requests", help: "", labels });
    requests.inc({ method: "GET", code: 200 }, 5);
    expect(await readValue(registry, "requests_total")).toBe(5);
    requests.inc({ method: "GET", code: 404 });
    expect(await readValue(registry, "requests_total", { code: 404 })).toBe(1);
    expect(await readValue(registry, "requests_total", { code: "404", service: "articles" })).toBe(
      1,
    );
  });

  test("exactly the labels given come before more of them", async () => {
    const page = 'a 1\na{x="1"} 2\na{x="1",y="1"} 3\n';
    expect(await readValue(page, "a")).toBe(1);
    expect(await readValue(page, "a", { x: 1 })).toBe(2);
    expect(await readValue(page, "a", { y: true })).toBeUndefined();
    expect(await readValue(page, "a", { y: 1 })).toBe(3);
  });

  test("where several samples are meant, the error lists them", async () => {
    const page = 'a{x="1",y="1"} 1\na{x="1",y="2"} 2\na{x="2",y="2"} 3\n';
    const error = await readValue(page, "a", { x: 1 }).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(AssertionError);
    expect(error).toMatchObject({ name: "AssertionError", code: "ERR_ASSERTION" });
    expect((error as Error).message).toBe(
      '2 samples go by "a" with the labels {"x":1}:\n  a{x="1",y="1"} 1\n  a{x="1",y="2"} 2\nGive the name and the labels of one of them.',
    );
  });

  test("the error lists no more than a screen has room for", async () => {
    const page = Array.from({ length: 1000 }, (_, i) => `a{x="${i}${"x".repeat(999)}"} 1\n`).join(
      "",
    );
    const { message } = (await readValue(page, "a").catch(
      (reason: Error) => reason as Error,
    )) as Error;
    expect(message).toContain("… and 990 more");
    expect(message.length).toBeLessThan(3000);
  });

  test("a histogram itself has no value", async () => {
    const registry = new Registry();
    registry.histogram({ name: "h", help: "", buckets: [1] }).observe(1);
    await expect(readValue(registry, "h")).rejects.toThrow("h_sum 1\n  h_count 1\n");
  });

  test("only the metric asked for is read", async () => {
    const registry = new Registry();
    let reads = 0;
    registry.gauge({ name: "slow", help: "", collect: () => ++reads });
    registry.gauge({ name: "other", help: "" }).set(1);
    expect(await readValue(registry, "other")).toBe(1);
    expect(reads).toBe(0);
    expect(await readValue(registry, "slow")).toBe(1);
  });
});

describe("change", () => {
  function counted() {
    const registry = new Registry();
    const counter = registry.counter({ name: "posted", help: "", labels: ["category"] });
    return { registry, counter };
  }

  test("what a call adds, at once or later", async () => {
    const { registry, counter } = counted();
    counter.inc({ category: "news" }, 5);
    const labels = { category: "news" };
    expect(await change(registry, "posted_total", labels, () => counter.inc(labels, 2))).toBe(2);
    const later = async () => {
      await new Promise((resolve) => setImmediate(resolve));
      counter.inc(labels);
    };
    expect(await change(registry, "posted_total", labels, later)).toBe(1);
    expect(await change(registry, "posted_total", labels, () => {})).toBe(0);
  });

  test("without labels, where there is one series", async () => {
    const registry = new Registry();
    const gauge = registry.gauge({ name: "depth", help: "" });
    gauge.set(3);
    expect(await change(registry, "depth", () => gauge.dec(4))).toBe(-4);
  });

  test("a sample that comes or goes counts as 0 where it is not there", async () => {
    const { registry, counter } = counted();
    expect(await change(registry, "posted_total", () => counter.inc({ category: "a" }, 2))).toBe(2);
    expect(await change(registry, "posted_total", () => counter.clear())).toBe(-2);
  });

  test("other series do not matter", async () => {
    const { registry, counter } = counted();
    const both = () => {
      counter.inc({ category: "news" });
      counter.inc({ category: "sport" }, 7);
    };
    expect(await change(registry, "posted_total", { category: "news" }, both)).toBe(1);
    await expect(change(registry, "posted_total", both)).rejects.toThrow(AssertionError);
  });

  test("what the call throws is thrown again, at once or later", async () => {
    const { registry } = counted();
    const error = new Error("full");
    const fails = [
      () => {
        throw error;
      },
      () => Promise.reject(error),
    ];
    for (const fail of fails)
      await expect(change(registry, "posted_total", fail)).rejects.toBe(error);
  });

  test("what a failing call counted can be told by catching its error inside", async () => {
    const { registry, counter } = counted();
    const post = async () => {
      counter.inc({ category: "news" });
      throw new Error("full");
    };
    const work = () => expect(post()).rejects.toThrow("full");
    expect(await change(registry, "posted_total", work)).toBe(1);
  });
});

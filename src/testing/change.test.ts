import { expect, test } from "vitest";
import { Registry } from "../registry/registry.ts";
import { AssertionError } from "./assertion-error.ts";
import { change } from "./change.ts";

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

import { beforeAll, describe, expect, test, vi } from "vitest";
import { Registry } from "../index.ts";
import { change, matchers, readValue } from "./index.ts";

beforeAll(() => expect.extend(matchers));

function filled(): Registry {
  const registry = new Registry();
  const orders = registry.counter({ name: "orders", help: "", labels: ["plan", "status"] });
  orders.inc({ plan: "free", status: "ok" }, 3);
  orders.inc({ plan: "pro", status: "ok" });
  registry.gauge({ name: "depth", help: "" }).set(Number.NaN);
  registry.histogram({ name: "wait", help: "", buckets: [1] }).observe(0.5);
  return registry;
}

test("samples are found by name, labels and value, on registries and pages", async () => {
  const registry = filled();
  for (const source of [registry, await registry.text(), await registry.expose()]) {
    await expect(source).toHaveSample("orders_total");
    await expect(source).toHaveSample("orders_total", { plan: "free" });
    await expect(source).toHaveSample("orders_total", { plan: "free", status: "ok" }, 3);
    await expect(source).toHaveSample("orders_total", 1);
    await expect(source).toHaveSample("depth", Number.NaN);
    await expect(source).toHaveSample("wait_bucket", { le: 1 }, 1);
    await expect(source).not.toHaveSample("orders_total", { plan: "free" }, 1);
    await expect(source).not.toHaveSample("orders_total", { plan: "none" });
    await expect(source).not.toHaveSample("none");
    await expect(source).toHaveFamily("orders_total");
    await expect(source).toHaveFamily("wait", "histogram");
    await expect(source).not.toHaveFamily("wait", "gauge");
    await expect(source).not.toHaveFamily("orders");
  }
});

describe("a failure says", () => {
  test.each<[string, (registry: Registry) => Promise<void>, string]>([
    [
      "what there is instead",
      (registry) => expect(registry).toHaveSample("orders_total", { plan: "free" }, 2),
      `Expected a sample orders_total{plan="free"} 2, but there is
  orders_total{plan="free",status="ok"} 3
  orders_total{plan="pro",status="ok"} 1`,
    ],
    [
      "what there is, and should not be",
      (registry) => expect(registry).not.toHaveSample("orders_total", { plan: "free" }),
      `Expected no sample orders_total{plan="free"}, but there is
  orders_total{plan="free",status="ok"} 3`,
    ],
    [
      "which name was probably meant",
      (registry) => expect(registry).toHaveSample("order_total", 1),
      "Expected a sample order_total 1, but there is none of this name: there is orders_total",
    ],
    [
      "that nothing has such a name",
      (registry) => expect(registry).toHaveSample("something_else"),
      "Expected a sample something_else, but there is none of this name",
    ],
    [
      "which family was probably meant",
      (registry) => expect(registry).toHaveFamily("orders"),
      "Expected a family orders, but there is none of this name: there is orders_total",
    ],
    [
      "which type the family has",
      (registry) => expect(registry).toHaveFamily("wait", "summary"),
      "Expected a family wait of type summary, but it is a histogram",
    ],
    [
      "that the family is there",
      (registry) => expect(registry).not.toHaveFamily("wait"),
      "Expected no family wait, but there is one",
    ],
  ])("%s", async (_, matching, message) => {
    await expect(matching(filled())).rejects.toMatchObject({ message });
  });
});

test("a mistyped name is warned of where a value is read, and no callback is called for that", async () => {
  const warn = vi.spyOn(process, "emitWarning").mockImplementation(() => {});
  const registry = filled();
  const collect = vi.fn(() => 1);
  registry.gauge({ name: "read", help: "", collect });
  expect(await readValue(registry, "ordrs_total")).toBeUndefined();
  expect(await change(registry, "dept", () => {})).toBe(0);
  expect(await readValue(registry, "orders_total", { plan: "none" })).toBeUndefined();
  expect(await readValue(registry, "something_else")).toBeUndefined();
  expect(collect).not.toHaveBeenCalled();
  expect(warn.mock.calls.map(([message]) => message)).toEqual([
    "There are no metrics named ordrs_total: there is orders_total.",
    "There are no metrics named dept: there is depth.",
  ]);
});

import { inspect } from "node:util";
import { expect, test, vi } from "vitest";
import { Registry } from "../index.ts";

const registry = new Registry();
const help = "";

test("a metric with labels is a line with how many series it has", () => {
  const orders = registry.counter({ name: "orders", help, labels: ["plan", "zone"] });
  for (const plan of ["free", "pro", "free"]) orders.inc({ plan, zone: "eu" });
  expect(inspect(orders)).toBe("Counter orders_total{plan, zone} 2 series");
  expect(inspect({ orders: [orders] })).toContain("Counter orders_total{plan, zone} 2 series");
});

test("a metric without labels is a line with its value", () => {
  const sent = registry.counter({ name: "sent", help });
  sent.inc(7);
  const waits = registry.histogram({ name: "wait_seconds", help, native: true });
  waits.observe(3);
  const sizes = registry.summary({ name: "size_bytes", help });
  for (const size of [3, 800, 12]) sizes.observe(size);
  const mode = registry.stateSet({ name: "mode", help, states: ["on"] });
  const build = registry.info({ name: "build", help });
  build.set({ version: "1" });
  expect([sent, waits, sizes, mode, build].map((metric) => inspect(metric))).toEqual([
    "Counter sent_total 7",
    "Histogram wait_seconds 1 observation",
    "Summary size_bytes 3 observations",
    "StateSet mode",
    "Info build_info",
  ]);
});

test("a series is a line with its labels, however odd these are, and a gone one says so", () => {
  const depth = registry.gauge({ name: "depth", help, labels: ["queue", "a\nb"], utf8: true });
  const series = depth.labels({ queue: 'ma"il\n', "a\nb": "x".repeat(200) });
  series.set(-2.5);
  expect(inspect(series)).toBe(
    `GaugeSeries depth{queue="ma\\"il\\n", a b="${"x".repeat(80)}"…} -2.5`,
  );
  depth.clear();
  expect(inspect(series)).toBe("GaugeSeries depth, not on the page");
});

test("a registry is a line with how much it has", () => {
  const small = new Registry();
  expect(inspect(small)).toBe("Registry 0 families, 0 series");
  const orders = small.counter({ name: "orders", help, labels: ["plan"] });
  for (const plan of ["a", "b"]) orders.inc({ plan });
  expect(inspect(small)).toBe("Registry 1 family, 2 series");
  small.gauge({ name: "size", help });
  expect(inspect(small)).toBe("Registry 2 families, 3 series");
});

test("showing calls no functions of users, and never throws", () => {
  const called = vi.fn(() => 0);
  const watched = new Registry({ now: called });
  const gauge = watched.gauge({ name: "size", help, collect: called, expireAfterSeconds: 1 });
  called.mockClear();
  expect(inspect([watched, gauge])).toContain("Gauge size 0");
  expect(called).not.toHaveBeenCalled();
  const without = [watched, gauge].map((object) => Object.create(Object.getPrototypeOf(object)));
  expect(inspect(without)).toBe("[ Registry, Series ]");
  expect(inspect(Object.create(watched))).toBe("Registry");
  expect(inspect(new Proxy(watched, {}))).toContain("Registry");
});

test("nothing of it is among the keys of an object", () => {
  for (const key in registry) expect(key).not.toContain("inspect");
  expect(Object.getOwnPropertySymbols(registry)).toEqual([]);
});

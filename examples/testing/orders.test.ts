// Tests with vitest. Run: npx vitest run orders.test.ts
import { metrics } from "narthex";
import { change, lint, matchers } from "narthex/testing";
import { beforeEach, expect, test } from "vitest";
import { placeOrder } from "./orders.ts";

expect.extend(matchers); // or once for all tests, in a file of vitest's option setupFiles
beforeEach(() => metrics.reset());

test("an order is counted under its plan", async () => {
  placeOrder("pro");
  await expect(metrics).toHaveSample("orders_total", { plan: "pro" }, 1);
});

test("each order counts one", async () => {
  const labels = { plan: "free" };
  expect(await change(metrics, "orders_total", labels, () => placeOrder("free"))).toBe(1);
});

test("metrics are named as Prometheus recommends", async () => {
  expect(await lint(metrics)).toEqual([]);
});

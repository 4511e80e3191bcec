// A test with Jest, which needs no configuration for Narthex. Run: npx jest orders.spec.cjs
const { Registry } = require("narthex");
const { matchers } = require("narthex/testing");

expect.extend(matchers); // or once for all tests, in a file of Jest's option setupFilesAfterEnv

test("an order is counted under its plan", async () => {
  const registry = new Registry(); // of the test's own, so that nothing has to be reset
  const placed = registry.counter({ name: "orders", help: "Orders.", labels: ["plan"] });
  placed.inc({ plan: "pro" });
  await expect(registry).toHaveSample("orders_total", { plan: "pro" }, 1);
  await expect(registry).not.toHaveFamily("order_errors_total");
});

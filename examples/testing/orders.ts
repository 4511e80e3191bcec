// The code under test of orders.test.ts.
import { metrics } from "narthex";

const placed = metrics.counter({
  name: "orders",
  help: "Orders that were placed.",
  labels: ["plan"],
});

export function placeOrder(plan: "free" | "pro"): void {
  placed.inc({ plan });
}

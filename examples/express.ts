// A service with request metrics and a counter of its own. Run: node express.ts
import express from "express";
import { metrics } from "narthex";
import { httpMetrics } from "narthex/express";
import { collectRuntime } from "narthex/runtime";

const orders = metrics.counter({
  name: "orders", // orders_total on the page
  help: "Orders that were placed.",
  labels: ["plan"],
});
const PLANS = ["free", "pro"];

collectRuntime(metrics); // memory, CPU, event loop, garbage collection

const app = express();
app.use(httpMetrics()); // before all routes; answers GET /metrics

app.post("/orders/:plan", ({ params: { plan } }, response) => {
  // A label takes only values that you know: each new one is a series more.
  if (!PLANS.includes(plan)) {
    response.sendStatus(404);
    return;
  }
  orders.inc({ plan });
  response.send("Thank you!\n");
});

app.listen(3000, "127.0.0.1", () => console.log("http://127.0.0.1:3000/metrics"));

import { metrics } from "narthex";

const orders = metrics.counter({ name: "orders", help: "Orders taken.", labels: ["router"] });

export async function POST() {
  orders.inc({ router: "app" });
  return new Response("ordered");
}

import { metrics } from "narthex";

const orders = metrics.counter({ name: "orders", help: "Orders taken.", labels: ["router"] });

export default function handler(_, response) {
  orders.inc({ router: "pages" });
  response.status(200).send("ordered");
}

import { metrics } from "narthex";

const orders = metrics.counter({ name: "orders", help: "Orders taken.", labels: ["router"] });

export async function getServerSideProps({ params }) {
  if (params?.name === "broken") throw new Error("The page /legacy/broken throws.");
  orders.inc({ router: "server_side_props" });
  return { props: { name: params?.name } };
}

export default function Legacy({ name }) {
  return name;
}

import CircuitBreaker from "opossum";
import PrometheusMetrics from "opossum-prometheus";
import { ask, serverOf } from "./ask.mjs";

const load = async (path) => {
  if (path === "/broken") throw new Error("broken");
  return path;
};
const circuit = new CircuitBreaker(load, { name: "users", volumeThreshold: 100 });
circuit.fallback(() => "nobody");
const prometheus = new PrometheusMetrics({ circuits: [circuit] });
const server = await serverOf(prometheus._registry, async (request, response) =>
  response.end(await circuit.fire(request.url)),
);
await ask(server, ["GET /users/1", "GET /users/2", "GET /broken"]);

import fastify from "fastify";
import metrics from "fastify-metrics";
import { ask } from "./ask.mjs";

const app = fastify();
await app.register(metrics.default ?? metrics, { endpoint: "/metrics" });
app.get("/users/:id", async ({ params }) => params);
app.post("/users", async (_request, reply) => reply.status(201).send());
app.get("/broken", async () => {
  throw new Error("broken");
});
await app.listen({ port: 0, host: "127.0.0.1" });
await ask(app.server, [
  "GET /users/1",
  "GET /users/2",
  "POST /users",
  "GET /broken",
  "GET /missing",
]);

import fastify from "fastify";
import sayWhere from "./say-where.cjs";

const app = fastify();
app.register(async (users) => users.get("/:id", async () => "ok"), {
  prefix: "/api/users",
});
await app.listen();
sayWhere(app.server);

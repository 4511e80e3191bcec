const fastify = require("fastify");
const sayWhere = require("./say-where.cjs");

const app = fastify();
app.register(async (users) => users.get("/:id", async () => "ok"), {
  prefix: "/api/users",
});
app.listen().then(() => sayWhere(app.server));

const { Router } = require("@koa/router");
const Koa = require("koa");
const sayWhere = require("./say-where.cjs");

const users = new Router({ prefix: "/api/users" });
users.get("/:id", (ctx) => {
  ctx.body = "ok";
});
const app = new Koa().use(users.routes());
const server = app.listen(0, "127.0.0.1", () => sayWhere(server));

import Router from "@koa/router";
import Koa from "koa";
import sayWhere from "./say-where.cjs";

const users = new Router({ prefix: "/api/users" });
users.get("/:id", (ctx) => {
  ctx.body = "ok";
});
const app = new Koa().use(users.routes());
const server = app.listen(0, "127.0.0.1", () => sayWhere(server));

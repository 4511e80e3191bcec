const { serve } = require("@hono/node-server");
const { Hono } = require("hono");
const sayWhere = require("./say-where.cjs");

const users = new Hono().get("/:id", (c) => c.text("ok"));
const { fetch } = new Hono().route("/api/users", users);
const server = serve({ fetch, hostname: "127.0.0.1", port: 0 }, () => sayWhere(server));

import { serve } from "@hono/node-server";
import { Hono } from "hono";
import sayWhere from "./say-where.cjs";

const users = new Hono().get("/:id", (c) => c.text("ok"));
const { fetch } = new Hono().route("/api/users", users);
const server = serve({ fetch, hostname: "127.0.0.1", port: 0 }, () => sayWhere(server));

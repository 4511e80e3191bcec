// @ts-nocheck: it comes without types.
const express = require("express4");
const sayWhere = require("./say-where.cjs");

const users = express.Router();
users.get("/:id", (_request, response) => response.send("ok"));
const app = express().use("/api/users", users);
const server = app.listen(0, "127.0.0.1", () => sayWhere(server));

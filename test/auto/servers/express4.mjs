// @ts-nocheck: it comes without types.
import express, { Router } from "express4";
import sayWhere from "./say-where.cjs";

const users = Router();
users.get("/:id", (_request, response) => response.send("ok"));
const app = express().use("/api/users", users);
const server = app.listen(0, "127.0.0.1", () => sayWhere(server));

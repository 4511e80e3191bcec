// A cluster whose workers have their metrics on a port of its own.
import cluster from "node:cluster";
import express from "express";
import fastify from "fastify";
import { metrics } from "narthex";
import { monitor as monitorExpress } from "narthex/express";
import { monitor as monitorFastify } from "narthex/fastify";
import { joinProcesses } from "narthex/processes";

const options = { port: Number(process.env.METRICS_PORT), host: "127.0.0.1" };

/** @type {Record<string, () => Promise<import("node:http").Server>>} */
const services = {
  async express() {
    const app = express();
    monitorExpress(app, options);
    app.get("/items/:id", (_request, response) => void response.send(String(process.pid)));
    return app.listen(0, "127.0.0.1");
  },
  async fastify() {
    const app = fastify();
    monitorFastify(app, options);
    app.get("/items/:id", async () => String(process.pid));
    await app.listen({ port: 0, host: "127.0.0.1" });
    return app.server;
  },
};

if (cluster.isPrimary) {
  const fork = () => cluster.fork().once("exit", fork);
  for (let worker = 0; worker < 2; worker += 1) fork();
} else {
  joinProcesses(metrics);
  const server = await services[String(process.env.FRAMEWORK)]?.();
  const say = () =>
    process.stdout.write(
      `${JSON.stringify({ pid: process.pid, port: Object(server?.address()).port })}\n`,
    );
  if (server?.listening) say();
  else server?.once("listening", say);
}

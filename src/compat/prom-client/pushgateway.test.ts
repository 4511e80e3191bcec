import { once } from "node:events";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, expect, test } from "vitest";
import { Counter, Pushgateway, Registry } from "./index.ts";

interface Received {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly headers: IncomingMessage["headers"];
  readonly bytes: number;
}

let server: Server;
let url: string;
let status: number;
let received: Received[];
let registry: Registry;

beforeEach(async () => {
  received = [];
  status = 200;
  server = createServer(async (request, response) => {
    let bytes = 0;
    for await (const chunk of request) bytes += chunk.length;
    const { method, url, headers } = request;
    received.push({ method, url, headers, bytes });
    response.writeHead(status).end("its own words");
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  registry = new Registry();
  new Counter({ name: "jobs", help: "Jobs.", registers: [registry] }).inc();
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

test("pushes, adds and deletes a registry, with the options of the request", async () => {
  const gateway = new Pushgateway(url, { headers: { "x-team": "shop" } }, registry);
  const { resp, body } = await gateway.push({ jobName: "backup", groupings: { shard: "a" } });
  expect([(resp as IncomingMessage).statusCode, body]).toEqual([200, "its own words"]);
  await gateway.pushAdd({ jobName: "backup" });
  await gateway.delete({ jobName: "backup" });
  expect(received.map(({ method, url }) => `${method} ${url}`)).toEqual([
    "PUT /metrics/job/backup/shard/a",
    "POST /metrics/job/backup",
    "DELETE /metrics/job/backup",
  ]);
  expect(received.map(({ bytes }) => bytes > 0)).toEqual([true, true, false]);
  expect(received[0]!.headers["x-team"]).toBe("shop");
});

test("rejects with prom-client's error where the gateway refuses", async () => {
  status = 400;
  const gateway = new Pushgateway(url, undefined, registry);
  const message = "push failed with status 400, its own words";
  await expect(gateway.push({ jobName: "backup" })).rejects.toThrow(message);
});

test("gives up a gateway that never answers after the timeout of the request", async () => {
  server.removeAllListeners("request").on("request", () => {});
  const gateway = new Pushgateway(url, { timeout: 50 }, registry);
  const message = "Pushgateway request timed out";
  for (const method of ["push", "pushAdd", "delete"] as const) {
    await expect(gateway[method]({ jobName: "backup" })).rejects.toThrow(message);
  }
});

test("rejects where a gateway cuts the connection, and where there is none", async () => {
  server.removeAllListeners("request").on("request", (request) => request.socket.destroy());
  const gateway = new Pushgateway(url, undefined, registry);
  await expect(gateway.push({ jobName: "backup" })).rejects.toThrow("socket hang up");
  await new Promise((resolve) => server.close(resolve));
  await expect(gateway.push({ jobName: "backup" })).rejects.toMatchObject({ code: "ECONNREFUSED" });
});

test("takes what prom-client takes", async () => {
  new Counter({ name: "own", help: "O.", labelNames: ["job"], registers: [registry] }).inc({
    job: "x",
  });
  const gateway = new Pushgateway(`${url}?token=1`, undefined, registry);
  await gateway.push({ jobName: 7, groupings: { shard: 1 } } as never);
  await gateway.push({ jobName: "backup", groupings: null } as never);
  expect(received.map(({ url }) => url)).toEqual(["/metrics/job/7/shard/1", "/metrics/job/backup"]);
  expect({ ...gateway }).toEqual({
    registry,
    gatewayUrl: `${url}?token=1`,
    requireJobName: true,
    requestOptions: {},
  });
});

test("throws at once without a job, unless none is asked for", async () => {
  const strict = new Pushgateway(url, {}, registry);
  expect(() => strict.push({} as never)).toThrow("Missing jobName parameter");
  const lenient = new Pushgateway(url, { requireJobName: false }, registry);
  await lenient.push({} as never);
  expect(received[0]).toMatchObject({ method: "PUT", url: "/metrics" });
});

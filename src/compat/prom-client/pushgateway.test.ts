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
afterEach(() => server.close());

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

test("throws at once without a job, unless none is asked for", async () => {
  const strict = new Pushgateway(url, {}, registry);
  expect(() => strict.push({} as never)).toThrow("Missing jobName parameter");
  const lenient = new Pushgateway(url, { requireJobName: false }, registry);
  await lenient.push({} as never);
  expect(received[0]).toMatchObject({ method: "PUT", url: "/metrics" });
});

/** A service that uses the package by its types, and prints what its metrics say. */
export const APP = `
import { createServer, type Server } from "node:http";
import { type AddressInfo } from "node:net";
import { type Counter, metrics, Registry } from "narthex";
import { httpMetrics } from "narthex/node";
import { parse } from "narthex/parse";
import { collectRuntime } from "narthex/runtime";
import { readValue } from "narthex/testing";

const jobs: Counter<"queue"> = metrics.counter({ name: "jobs", help: "Jobs.", labels: ["queue"] });
jobs.inc({ queue: "mail" });

// Types must not be lost on the way.
// @ts-expect-error
() => jobs.inc({ queu: "mail" });
// @ts-expect-error
() => metrics.gauge({ name: "depth", help: "Depth." }).set("deep");
// @ts-expect-error
() => httpMetrics("server");

export async function app(): Promise<unknown> {
  const stop = collectRuntime(new Registry());
  const server: Server = createServer((request, response) => { response.end("ok"); });
  httpMetrics(server);
  await new Promise<void>((resolve) => { server.listen(0, "127.0.0.1", resolve); });
  const { port } = server.address() as AddressInfo;
  const url = "http://127.0.0.1:" + port;
  await (await fetch(url)).text();
  const accepts = ["text/plain", "application/openmetrics-text;version=1.0.0", "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited"];
  const types: string[] = [];
  for (const accept of accepts) {
    const answer = await fetch(url + "/metrics", { headers: { accept } });
    await answer.arrayBuffer();
    types.push(String(answer.headers.get("content-type")).split(";")[0]!);
  }
  stop();
  server.close();
  server.closeAllConnections();
  return {
    jobs: await readValue(metrics, "jobs_total", { queue: "mail" }),
    requests: (await metrics.text()).includes('http_requests_total{method="GET"'),
    parsed: typeof parse,
    types,
  };
}
`;

export const MAIN = `
import { app } from "./app.js";

void app().then((result) => console.log(JSON.stringify(result)));
`;

/** What `MAIN` prints. */
export const RESULT = {
  jobs: 1,
  requests: true,
  parsed: "function",
  types: ["text/plain", "application/openmetrics-text", "application/vnd.google.protobuf"],
};

const TEST = `
test("counts", async () => {
  const registry = new Registry();
  registry.counter({ name: "jobs", help: "Jobs." }).inc();
  expect(await readValue(registry, "jobs_total")).toBe(1);
  expect.extend(matchers);
  await expect(registry).toHaveSample("jobs_total", 1);
  await expect(registry).not.toHaveFamily("job_total");
  await expect(expect(registry).toHaveSample("job_total")).rejects.toThrow("there is jobs_total");
  const accept = "application/openmetrics-text;version=1.0.0";
  expect((await registry.expose({ accept })).contentType).toContain("openmetrics");
});
`;

const IMPORTS = `
import { Registry } from "narthex";
import { matchers, readValue } from "narthex/testing";
`;

const REQUIRES = `
const { Registry } = require("narthex");
const { matchers, readValue } = require("narthex/testing");
`;

const GLOBALS = `
declare const test: (name: string, run: () => Promise<void>) => void;
declare const expect: { (value: unknown): any; extend(matchers: object): void };
`;

/** A test file for each way to have Jest read it. */
export const TESTS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  plain: { "jobs.test.js": REQUIRES + TEST },
  babel: { "jobs.test.js": IMPORTS + TEST },
  "ts-jest": { "jobs.test.ts": IMPORTS + GLOBALS + TEST },
};

import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { realServer } from "../../real-servers.ts";
import { type Installed, install } from "../installed.ts";
import { Project } from "./project.ts";

const tools = await realServer("package-tools");

/** A test file. Jest gives each one globals and modules of its own, but Node's modules are the same. */
const FILE = `
const channels = require("node:diagnostics_channel");
const http = require("node:http");
const { Registry } = require("narthex");
const { measureOutgoing } = require("narthex/http");
const { httpMetrics } = require("narthex/node");
const { readValue } = require("narthex/testing");

test("measures once, and leaves Node as the file before did", async () => {
  const registry = new Registry();
  const stop = measureOutgoing({ registry });
  const server = http.createServer((request, response) => response.end("ok"));
  httpMetrics(server, { registry });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address();
  await new Promise((resolve) => {
    http.get({ port }, (response) => response.resume().on("end", resolve));
  });
  const labels = { method: "GET", route: "_unmatched", status_code: "200", outcome: "ok" };
  const deadline = Date.now() + 5000;
  while ((await readValue(registry, "http_requests_total", labels)) === undefined) {
    if (Date.now() > deadline) break;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  expect(await readValue(registry, "http_requests_total", labels)).toBe(1);
  expect(await registry.text()).toMatch(/^http_client_request_duration_seconds_count{.*} 1$/m);

  const { emit } = http.Server.prototype;
  const state = [http.ServerResponse.prototype.writeHead, emit, http.get, http.request];
  for (const name of ["http.server.request.start", "http.server.response.finish"]) {
    state.push(channels.channel(name)._subscribers.length);
  }
  // Whatever Jest hands out, the class is the one of the process.
  http.Agent.seen ??= state;
  state.forEach((value, index) => expect(value).toBe(http.Agent.seen[index]));
  stop();
  server.close();
});
`;

describe.skipIf(!tools)("under Jest's module registry", () => {
  let installed: Installed;

  beforeAll(() => {
    installed = install();
  });
  afterAll(() => installed.remove());

  test.each(["29", "30"])(
    "nothing piles up on Node's prototypes and channels: Jest %s",
    async (jest) => {
      const folder = join(installed.folder, `jest-${jest}`);
      mkdirSync(folder);
      const project = new Project(folder, tools!);
      project.install(join(installed.folder, "node_modules/narthex"), "types");
      const files = [1, 2, 3, 4].map((number) => [`${number}.test.js`, FILE]);
      project.write({ "package.json": {}, ...Object.fromEntries(files) });
      const cli = project.tool(`jest-${jest}`, "jest/bin/jest.js");
      const printed = await project.run("24", cli, "--runInBand", "--forceExit");
      expect(printed).toContain("4 passed, 4 total");
      expect(printed).not.toContain("Warning");
    },
    120_000,
  );
});

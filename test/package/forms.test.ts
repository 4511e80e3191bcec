import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { repository } from "../../scripts/repository.mjs";
import { type Installed, install, manifest, modules } from "./installed.ts";

let installed: Installed;

beforeAll(() => {
  installed = install();
  installed.link(...Object.keys(manifest.peerDependencies));
});
afterAll(() => installed.remove());

test.each(modules)("%s can be imported and required, and has the same exports", async (module) => {
  const list = "console.log(JSON.stringify(Object.keys(it).sort()))";
  const imported = await evaluate("module", `import * as it from "${module}"; ${list}`);
  const required = await evaluate("commonjs", `const it = require("${module}"); ${list}`);
  // narthex/auto is imported for what it does.
  expect(JSON.parse(imported).length > 0).toBe(module !== "narthex/auto");
  expect(required).toBe(imported);
});

test("the command tells the version that is installed", async () => {
  const { stdout } = await installed.run("npx", "narthex", "--version");
  expect(stdout.trim()).toBe(manifest.version);
});

test.each(["narthex/prom-client", "narthex/prometheus-io-client"])(
  "both forms of %s in one process have the same classes, registry and content type",
  async (module) => {
    const output = await evaluate(
      "module",
      `
import { createRequire } from "node:module";
import * as esm from "${module}";
const cjs = createRequire(import.meta.url)("${module}");
const names = Object.keys(esm).filter((name) => /^[A-Z].*[a-z]$/.test(name) && name !== "MetricType");
new cjs.Counter({ name: "jobs", help: "Jobs." }).inc();
cjs.register.setContentType(esm.openMetricsContentType);
console.log(JSON.stringify([
  names.every((name) => esm[name] === cjs[name]),
  esm.register === cjs.register,
  esm.register.getSingleMetric("jobs") instanceof esm.Counter,
  [esm.contentType, cjs.contentType, esm.default.contentType].every((type) => type === esm.openMetricsContentType),
]));`,
    );
    expect(JSON.parse(output)).toEqual([true, true, true, true]);
  },
);

test.each(["narthex/prom-client", "narthex/prometheus-io-client"])(
  "what require gives of %s is an object whose members can be set, as of the client that it replaces",
  async (module) => {
    const output = await evaluate(
      "commonjs",
      `
"use strict";
const client = require("${module}");
client.contentType = client.openMetricsContentType;
const type = client.register.contentType;
const counter = () => {};
client.Counter = counter;
const imported = import("${module}").then(({ register, default: own }) =>
  console.log(JSON.stringify([
    type === client.openMetricsContentType,
    client.Counter === counter && require("${module}").Counter === counter,
    client.default === client && client.__esModule,
    register === client.register && own.contentType === type,
  ])),
);`,
    );
    expect(JSON.parse(output)).toEqual([true, true, true, true]);
  },
);

test("classes have the names by which they are exported", async () => {
  const names = modules.filter((module) => module !== "narthex/auto");
  const output = await evaluate(
    "module",
    `
const wrong = [];
for (const module of ${JSON.stringify(names)}) {
  const it = await import(module);
  const classes = Object.values(it).filter((value) => /^class\\b/.test(String(value)));
  wrong.push(...classes.filter(({ name }) => !(name in it)).map(({ name }) => module + " " + name));
}
console.log(JSON.stringify(wrong));`,
  );
  expect(JSON.parse(output)).toEqual([]);
});

test("both forms in one process have one registry, and measure a request once", async () => {
  writeFileSync(
    join(installed.folder, "both.mjs"),
    `
import { createRequire } from "node:module";
import { createServer } from "node:http";
import { once } from "node:events";
import * as esm from "narthex";
import * as esmNode from "narthex/node";
import * as esmRuntime from "narthex/runtime";
import { readValue } from "narthex/testing";

const require = createRequire(import.meta.url);
const cjs = require("narthex");
const cjsNode = require("narthex/node");
const cjsRuntime = require("narthex/runtime");
const same = [esm.metrics === cjs.metrics, esm.Registry === cjs.Registry];

const registry = new esm.Registry();
esmRuntime.collectRuntime(registry);
cjsRuntime.collectRuntime(registry);
registry.counter({ name: "jobs", help: "Jobs.", labels: ["queue"] }).inc({ queue: "mail" });
const server = createServer((request, response) => response.end("ok"));
cjsNode.httpMetrics(server, { registry });
esmNode.httpMetrics(server, { registry });
await once(server.listen(0, "127.0.0.1"), "listening");
const url = "http://127.0.0.1:" + server.address().port;
await (await fetch(url)).text();
const page = await (await fetch(url + "/metrics")).text();
server.close();
const labels = { method: "GET", route: "_unmatched", status_code: "200", outcome: "ok" };
console.log(JSON.stringify({
  same,
  counted: page.split("\\n").filter((line) => line.startsWith("http_requests_total")).length,
  requests: await readValue(registry, "http_requests_total", labels),
  read: await require("narthex/testing").readValue(registry, "jobs_total", { queue: "mail" }),
  foreign: await readValue(new cjs.Registry(), "jobs_total"),
}));
process.exit();
`,
  );
  const { stdout, stderr } = await installed.run(process.execPath, "both.mjs");
  expect(stderr).toBe("");
  expect(JSON.parse(stdout)).toEqual({ same: [true, false], counted: 1, requests: 1, read: 1 });
});

test("both forms take each other's registries, and tell right from wrong types", async () => {
  const files = {
    "cjs.cts": `
      import { metrics, Registry } from "narthex";
      import { httpMetrics } from "narthex/node";
      export const registry = new Registry();
      export const counter = registry.counter({ name: "a", help: "A.", labels: ["b"] });
      export { httpMetrics, metrics };`,
    "esm.mts": `
      import { createServer } from "node:http";
      import { type Counter, metrics, Registry } from "narthex";
      import { httpMetrics } from "narthex/node";
      import { collectRuntime } from "narthex/runtime";
      import * as cjs from "./cjs.cjs";
      const counter: Counter<"b"> = cjs.counter;
      httpMetrics(createServer(), { registry: cjs.registry });
      cjs.httpMetrics(createServer(), { registry: new Registry() });
      collectRuntime(cjs.metrics);
      let registry = metrics;
      registry = cjs.registry;
      // @ts-expect-error
      collectRuntime(cjs.counter);
      export { counter, registry };`,
  };
  for (const [file, text] of Object.entries(files)) {
    writeFileSync(join(installed.folder, file), text);
  }
  installed.link("@types/node", "undici-types");
  const tsc = join(repository, "node_modules/typescript/bin/tsc");
  const options = ["--noEmit", "--strict", "--module", "node16", "--target", "es2022"];
  const { stdout } = await installed
    .run(process.execPath, tsc, ...options, "--types", "node", ...Object.keys(files))
    .catch((error) => error);
  expect(stdout).toBe("");
}, 120_000);

async function evaluate(type: "module" | "commonjs", program: string): Promise<string> {
  const args = [`--input-type=${type}`, "--eval", program];
  const { stdout, stderr } = await installed.run(process.execPath, ...args);
  expect(stderr).toBe("");
  return stdout;
}
